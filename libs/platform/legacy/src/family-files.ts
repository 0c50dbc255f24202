import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, statSync, type BigIntStats } from 'node:fs';
import path from 'node:path';
import type { FileFamily, FoundFamilyFile } from './file-family';
import { sameStamp, stampOf } from './raw-files';
import { systemErrorCode } from './sqlite-errors';

/**
 * A larger file is refused, because it is held in memory as a whole, and no legacy file comes near it: a file of one value
 * as large as the largest value of a cache, and a log, of which only a line at a time is taken apart.
 */
const MAX_VALUE_FILE_BYTES = 16 * 1024 * 1024;
const MAX_LOG_BYTES = 64 * 1024 * 1024;
export const maxFamilyFileBytes = ({ grows }: FileFamily): number => (grows ? MAX_LOG_BYTES : MAX_VALUE_FILE_BYTES);

/** A file that nobody touched for a while is what it is. */
const TOUCHED_MS = 10_000;

export interface FamilyRead {
  readonly file: FoundFamilyFile;
  /** True where its writer may be in the middle of it: a little later it may be another. */
  readonly isMoving: boolean;
}

/**
 * Reads one file of a family. The legacy program rewrites whole files in place, so that a reader may see an empty or a half
 * one: what changed while it was read, or does not end as it should, is to be read again before it is called broken. Never
 * throws for what is wrong with the file: that is its `fault`.
 */
export function readFamilyFile(folder: string, name: string, family: FileFamily): FamilyRead {
  const { isSettled, modifiedMs, ...file } = readOnce(path.join(folder, name), name, family);
  return { file, isMoving: !isSettled && Math.abs(Date.now() - modifiedMs) < TOUCHED_MS };
}

type Attempt = FoundFamilyFile & { readonly isSettled: boolean; readonly modifiedMs: number };

function readOnce(file: string, name: string, family: FileFamily): Attempt {
  const broken = (fault: string): Attempt => ({ name, bytes: Buffer.alloc(0), fault, isSettled: true, modifiedMs: 0 });
  let descriptor: number;
  try {
    if (!lstatSync(file).isFile()) return broken('is no regular file');
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return broken(`cannot be read: ${systemErrorCode(error) ?? 'unknown error'}`);
  }
  try {
    const before = fstatSync(descriptor, { bigint: true });
    if (!before.isFile()) return broken('is no regular file');
    const maxBytes = maxFamilyFileBytes(family);
    if (before.size > maxBytes) return broken(`is larger than ${maxBytes} bytes`);
    const bytes = readAll(descriptor, Number(before.size));
    return judged({ name, bytes }, before, statOf(file) ?? before, family);
  } catch (error) {
    return broken(`cannot be read: ${systemErrorCode(error) ?? 'unknown error'}`);
  } finally {
    closeSync(descriptor);
  }
}

function judged(file: FoundFamilyFile, before: BigIntStats, after: BigIntStats, family: FileFamily): Attempt {
  const isStill = family.grows || sameStamp(stampOf(before), stampOf(after));
  const isText = family.grows || isUtf8(file.bytes);
  const fault = isStill ? (isText ? undefined : 'is not UTF-8') : 'was written to while it was read';
  return {
    ...file,
    ...(fault === undefined ? {} : { fault }),
    isSettled: fault === undefined && family.isWhole(file.bytes),
    modifiedMs: Number(after.mtimeMs),
  };
}

const statOf = (file: string): BigIntStats | undefined => statSync(file, { bigint: true, throwIfNoEntry: false });

function readAll(descriptor: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let done = 0;
  while (done < size) {
    const read = readSync(descriptor, bytes, done, size - done, done);
    if (read === 0) break;
    done += read;
  }
  return bytes.subarray(0, done);
}

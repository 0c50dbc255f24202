import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { systemErrorCode } from '../sqlite-errors';
import { HASH_BYTES, Stamps } from './stamps';
import type { TableStamps } from './stamp-table';

/** Raise the number when the format or what a hash is of changes: older files then mean that everything may have changed. */
const magic = Buffer.from('sluice stamps 1\n');
const DIGEST_BYTES = 32;

/**
 * Four parts: 16 bytes of name and version, the shape (length, text), the number of stamps with their keys and hashes, and a
 * SHA-256 of all that. Numbers and keys are little-endian.
 */
export function encodeStamps({ shape, stamps }: TableStamps): Buffer {
  const { keys, hashes } = stamps.raw();
  const text = Buffer.from(shape);
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32LE(text.length, 0);
  sizes.writeUInt32LE(keys.length, 4);
  const keyBytes = Buffer.alloc(8 * keys.length);
  keys.forEach((key, i) => keyBytes.writeBigInt64LE(key, 8 * i));
  const content = Buffer.concat([magic, sizes, text, keyBytes, hashes]);
  return Buffer.concat([content, createHash('sha256').update(content).digest()]);
}

/** The stamps as they were encoded; null where they are damaged, cut off, of another version or none of ours. */
export function decodeStamps(bytes: Buffer): TableStamps | null {
  const headerBytes = magic.length + 8;
  if (bytes.length < headerBytes + DIGEST_BYTES || !bytes.subarray(0, magic.length).equals(magic)) return null;
  const content = bytes.subarray(0, -DIGEST_BYTES);
  if (!createHash('sha256').update(content).digest().equals(bytes.subarray(-DIGEST_BYTES))) return null;
  const textBytes = bytes.readUInt32LE(magic.length);
  const count = bytes.readUInt32LE(magic.length + 4);
  const keysAt = headerBytes + textBytes;
  const hashesAt = keysAt + 8 * count;
  if (count === 0 || content.length !== hashesAt + HASH_BYTES * count) return null;
  const keys = new BigInt64Array(count);
  for (let i = 0; i < count; i++) keys[i] = content.readBigInt64LE(keysAt + 8 * i);
  const shape = content.toString('utf8', headerBytes, keysAt);
  return { shape, stamps: Stamps.of(keys, content.subarray(hashesAt)) };
}

/** Writes the stamps beside the file and moves them into its place, all on the disk when it returns. Throws the system's error. */
export function writeStamps(file: string, stamps: TableStamps): void {
  const draft = `${file}.new`;
  const descriptor = openSync(draft, 'w', 0o600);
  try {
    const bytes = encodeStamps(stamps);
    for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done, bytes.length - done);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(draft, file);
  syncDirectory(path.dirname(file));
}

/** Null where the file is absent, or what is in it is nothing that `decodeStamps` takes. */
export function readStamps(file: string): TableStamps | null {
  try {
    return decodeStamps(readFileSync(file));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** May be absent. */
export function removeStamps(file: string): void {
  rmSync(file, { force: true });
  rmSync(`${file}.new`, { force: true });
}

/** A rename is only on the disk when its directory is. */
function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

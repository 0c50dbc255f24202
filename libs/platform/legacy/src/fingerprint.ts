import { createHash } from 'node:crypto';
import type { FileHeader } from './file-header';
import type { PageFile } from './page-file';
import type { WalSnapshot } from './write-ahead-log';

/** Up to this size the whole content is hashed: about 50 ms. */
const hashedBytes = 64 << 20;

/**
 * What tells "the same content as last time" after a restart; compare by deep equality of the JSON. Neither the path nor
 * the file's times are part of it. Larger files are named by SQLite's change counter; in WAL mode, where that stands
 * still, also by the log's salts, frames and checksum, so that a log folded away in between counts as a change.
 */
export type SourceFingerprint = DatabaseFingerprint | FamilyFingerprint | SalvageFingerprint;

export interface DatabaseFingerprint {
  readonly pageSize: number;
  readonly pageCount: number;
  readonly changeCounter: number;
  readonly schemaCookie: number;
  readonly content:
    | { readonly sha256: string }
    | {
        readonly log: {
          readonly salts: readonly number[];
          readonly frames: number;
          readonly checksum: readonly number[];
        };
      }
    | null;
}

/** Of a damaged file: a hash of what it holds, damage included. Never equal to that of a whole file. */
export interface SalvageFingerprint {
  readonly pageSize: number;
  readonly pageCount: number;
  readonly sha256: string;
  readonly salvaged: true;
}

/** Of a family of files: a hash of names, sizes and content, in the order of the names. */
export interface FamilyFingerprint {
  readonly files: number;
  readonly bytes: number;
  readonly sha256: string;
}

export function fingerprintOf(pages: PageFile, header: FileHeader, log: WalSnapshot): DatabaseFingerprint {
  const { pageSize, pageCount } = pages;
  const base = { pageSize, pageCount, changeCounter: header.changeCounter, schemaCookie: header.schemaCookie };
  if (pageSize * pageCount <= hashedBytes) return { ...base, content: { sha256: hashOf(pages) } };
  if (log.frames === 0) return { ...base, content: null };
  return { ...base, content: { log: { salts: log.salts, frames: log.frames, checksum: log.checksum } } };
}

function hashOf(pages: PageFile): string {
  const hash = createHash('sha256');
  for (let pageNo = 1; pageNo <= pages.pageCount; pageNo++) {
    const at = pages.locate(pageNo);
    hash.update(pages.window.subarray(at, at + pages.pageSize));
  }
  return hash.digest('hex');
}

import { LegacyFileError } from './legacy.errors';

/** The fields of the first 100 bytes of a database (https://sqlite.org/fileformat2.html#the_database_header) used here. */
export interface FileHeader {
  readonly pageSize: number;
  readonly usableSize: number;
  readonly wal: boolean;
  readonly changeCounter: number;
  readonly pageCount: number;
  /** False where an old SQLite wrote last: then `pageCount` means nothing. */
  readonly pageCountValid: boolean;
  readonly schemaCookie: number;
  readonly encoding: 'UTF-8' | 'UTF-16le' | 'UTF-16be';
}

const magic = Buffer.from('SQLite format 3\0', 'latin1');
const wrappers: readonly (readonly [name: string, magic: Buffer])[] = [
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['zip', Buffer.from([0x50, 0x4b, 0x03, 0x04])],
];

/** Throws `LEGACY_NOT_SQLITE` for anything that is not a plain SQLite 3 database; encrypted ones have no magic either. */
export function parseHeader(path: string, header: Buffer): FileHeader {
  const rawPageSize = header.length < 100 ? 0 : header.readUInt16BE(16);
  const pageSize = rawPageSize === 1 ? 65_536 : rawPageSize;
  if (!header.subarray(0, 16).equals(magic) || pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) {
    const wrapper = wrappers.find(([, start]) => header.subarray(0, start.length).equals(start))?.[0];
    throw new LegacyFileError('LEGACY_NOT_SQLITE', `${path} is not an SQLite 3 database, or it is encrypted.`, {
      remedy: wrapper
        ? `It looks like a ${wrapper} file: unpack ${path} first.`
        : `Point to the legacy database itself, or decrypt ${path} first.`,
    });
  }
  return {
    pageSize,
    usableSize: pageSize - header.readUInt8(20),
    wal: header.readUInt8(19) === 2,
    changeCounter: header.readUInt32BE(24),
    pageCount: header.readUInt32BE(28),
    pageCountValid: header.readUInt32BE(28) > 0 && header.readUInt32BE(24) === header.readUInt32BE(92),
    schemaCookie: header.readUInt32BE(40),
    encoding: ({ 2: 'UTF-16le', 3: 'UTF-16be' } as const)[header.readUInt32BE(56)] ?? 'UTF-8',
  };
}

import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { familyNames, ROWS_PER_FILE, STAGED_FILES, type LegacyDatabase, type SqlValue } from '@sluice/legacy';
import { quoteName, type TextEncoding } from '../exact/legacy-value';
import { openFound, type FoundFile } from '../inspect';
import type { LegacyTable } from '../mapping/legacy-table';
import type { KeyInterval } from './change-feed';

/** A file that is broken, or a log that lost lines, and was touched so recently may be in the middle of being written. */
const TOUCHED_MS = 10_000;

/**
 * A family of files that goes on being written, staged anew whenever one of them has changed. Rows are read from the last
 * staging, which nobody changes, so a read needs no transaction.
 */
export class FollowedFamily {
  private staged: LegacyDatabase | null = null;

  constructor(
    private readonly found: FoundFile & Required<Pick<FoundFile, 'family'>>,
    private readonly signal: AbortSignal,
  ) {}

  get table(): LegacyTable {
    return this.found.tables[0]!;
  }

  get encoding(): TextEncoding {
    return this.current.encoding;
  }

  /** Names the state of the staged files, in every process alike. */
  get fingerprint(): string {
    return JSON.stringify(this.current.fingerprint);
  }

  rows(sql: string, ...params: SqlValue[]): SqlValue[][] {
    return this.current.rows(sql, ...params);
  }

  /** What tells, without reading the files, that none of them has changed. Of a folder that cannot be read, staging tells. */
  look(): string {
    const { file, family } = this.found;
    const { index } = family.files;
    if (!existsSync(file)) return '';
    return [...familyNames(file, family.files), ...(index === undefined ? [] : [index])]
      .map((name) => `${JSON.stringify(name)} ${stampOf(path.join(file, name))}`)
      .join('\n');
  }

  /** Reads all files again. */
  async stage(): Promise<void> {
    const next = await openFound(this.found, { signal: this.signal });
    this.close();
    this.staged = next;
  }

  close(): void {
    this.staged?.close();
    this.staged = null;
  }

  /**
   * Some file may just be being written: one that is broken, or a log that is shorter than `before`, because its writer makes
   * it anew. A broken line of a log that others follow stays as it is, and holds up none of them.
   */
  isMoving(before: StagedFiles | null): boolean {
    return [...this.broken(), ...this.shortened(before)].some((name) => {
      const stat = statSync(path.join(this.found.file, name), { throwIfNoEntry: false });
      return stat !== undefined && Date.now() - stat.mtimeMs < TOUCHED_MS;
    });
  }

  /** Files with a broken row; logs whose last line is broken. */
  private broken(): string[] {
    const [table, key] = [quoteName(this.table.source.table), quoteName(this.table.source.key)];
    const rows = this.rows(
      this.found.family.files.grows
        ? `SELECT source_file FROM (SELECT source_file, fault, max(${key}) FROM ${table} GROUP BY source_file) WHERE fault IS NOT NULL`
        : `SELECT DISTINCT source_file FROM ${table} WHERE fault IS NOT NULL`,
    );
    return rows.map(([name]) => String(name));
  }

  private shortened(before: StagedFiles | null): string[] {
    if (!before || !this.found.family.files.grows) return [];
    const sizes = new Map(before.map(({ name, bytes }) => [name, bytes]));
    return this.files().flatMap(({ name, bytes }) => (bytes < (sizes.get(name) ?? 0n) ? [name] : []));
  }

  /** The files as they were staged, by their numbers, which are the order of their names, from 1. */
  files(): StagedFiles {
    return this.rows(`SELECT name, sha256, bytes FROM ${STAGED_FILES} ORDER BY number`).map(
      ([name, sha256, bytes]) => ({
        name: String(name),
        sha256: String(sha256),
        bytes: bytes as bigint,
      }),
    );
  }

  /**
   * The keys of the files that are not what they were. A file more or less moves the numbers behind it; a changed index may
   * change any row.
   */
  changedSince(before: StagedFiles): KeyInterval[] {
    const now = this.files();
    const { index } = this.found.family.files;
    const isOther = (at: number): boolean =>
      now[at]?.name !== before[at]?.name || now[at]?.sha256 !== before[at]?.sha256;
    const places = Array.from({ length: Math.max(now.length, before.length) }, (_, at) => at).filter(isOther);
    if (places.some((at) => [now[at]?.name, before[at]?.name].includes(index ?? ''))) return [{ from: 0n, to: null }];
    return places.map((at) => ({ from: BigInt(at + 1) * ROWS_PER_FILE - 1n, to: BigInt(at + 2) * ROWS_PER_FILE - 1n }));
  }

  private get current(): LegacyDatabase {
    if (!this.staged) throw new TypeError(`${this.found.file} has not been staged.`);
    return this.staged;
  }
}

export type StagedFiles = readonly { readonly name: string; readonly sha256: string; readonly bytes: bigint }[];

function stampOf(file: string): string {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}` : '-';
}

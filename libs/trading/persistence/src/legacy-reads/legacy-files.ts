import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DomainError } from '@sluice/core';
import type { LiveDatabase, SqlValue } from '@sluice/legacy';
import { LegacySideAwayError } from './legacy-reads.errors';

/** Runs a statement of the legacy code; rows in the order of the selected columns, integers as bigint. */
export type LegacyQuery = (sql: string, ...params: SqlValue[]) => SqlValue[][];

/** Below the legacy backend's root folder. */
export type LegacyFile =
  'cache/llm_costs.db' | 'cache/ai_recommendations.db' | 'cache/top_picks_runs.db' | 'cache/context.db';

/** A reader that finds the file locked for longer has its answer; a legacy writer waits for at most 5 s, and for us for moments. */
const MOST_WAIT_MS = 3_000;

/**
 * The legacy program's databases, read where they are while it writes them: each file is opened once and read in transactions
 * of one short call, so that no writer waits for longer than a statement takes. Nothing is loaded or opened before the first
 * read: a process without a domain in such a mode pays nothing.
 */
export class LegacyFiles {
  private readonly open = new Map<LegacyFile, Promise<LiveDatabase>>();

  /** `directory` is the legacy backend's root folder; null where none was given. */
  constructor(
    private readonly directory: string | null,
    private readonly mostWaitMs = MOST_WAIT_MS,
  ) {}

  /** What `work` makes of one consistent state of the file; it may run more than once. Throws `LEGACY_SIDE_AWAY`. */
  async read<T>(file: LegacyFile, work: (query: LegacyQuery) => T): Promise<T> {
    const signal = AbortSignal.timeout(this.mostWaitMs);
    try {
      const database = await this.opened(file, signal);
      return await database.read(() => work((sql, ...params) => database.rows(sql, ...params)), signal);
    } catch (error) {
      if (signal.aborted) throw new LegacySideAwayError(file, 'is locked by its writer', error);
      if (!(error instanceof DomainError)) throw error;
      await this.drop(file);
      throw error instanceof LegacySideAwayError
        ? error
        : new LegacySideAwayError(file, this.whyNot(file, error), error);
    }
  }

  async close(): Promise<void> {
    for (const file of [...this.open.keys()]) await this.drop(file);
  }

  /** The file that lies at its path now: one that was replaced is opened anew. */
  private async opened(file: LegacyFile, signal: AbortSignal): Promise<LiveDatabase> {
    const known = await this.open.get(file); // An opening that fails is told to each that waits for it, and forgotten.
    if (known) {
      try {
        known.assertSame();
        return known;
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        await this.drop(file);
      }
    }
    const opening = this.open.get(file) ?? this.openFile(file, signal);
    this.open.set(file, opening);
    try {
      return await opening;
    } catch (error) {
      if (this.open.get(file) === opening) this.open.delete(file);
      throw error;
    }
  }

  private whyNot(file: LegacyFile, { code }: DomainError): string {
    return existsSync(join(this.directory ?? '', file)) ? `cannot be read (${code})` : 'is not there';
  }

  private async openFile(file: LegacyFile, signal: AbortSignal): Promise<LiveDatabase> {
    if (this.directory === null) throw new LegacySideAwayError(file, 'is nowhere: LEGACY_DIR is not set');
    const { LiveDatabase } = await import('@sluice/legacy');
    return LiveDatabase.open(join(this.directory, file), signal);
  }

  private async drop(file: LegacyFile): Promise<void> {
    const known = this.open.get(file);
    this.open.delete(file);
    const database = await known?.catch(() => undefined); // It never opened, as its callers know.
    database?.close();
  }
}

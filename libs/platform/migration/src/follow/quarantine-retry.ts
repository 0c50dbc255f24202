import type { BatchApplier, ApplyParts } from './apply-batch';
import type { ChangeBatch } from './change-feed';
import type { FollowedTable } from './followed-table';

/** Reasons that only PostgreSQL knows: a row that is missing, a key that is taken, a size that is too large. */
const OF_POSTGRES = ['B30', 'B31', 'B34'];
const AT_A_TIME = 500;
/** Of the time that goes by, a retry takes at most so much. */
const SHARE = 0.05;

/**
 * Rows that PostgreSQL refused may be taken after another row has changed: its parent has come, a unique value is free. They
 * are tried when their table or one that it refers to has changed and there is nothing else to do.
 */
export class QuarantineRetry {
  private readonly touched = new Set<string>();
  private notBeforeMs = 0;

  constructor(
    private readonly parts: Pick<ApplyParts, 'tables' | 'client' | 'signal'>,
    private readonly applier: BatchApplier,
  ) {
    // Whoever followed before may have been killed between a change and what it made possible.
    for (const { table } of parts.tables) if (table.target.kind === 'postgres') this.touched.add(table.name);
  }

  noteChanges({ changes }: ChangeBatch): void {
    const changed = new Set(changes.map(({ table }) => table.name));
    for (const { table } of this.parts.tables) {
      if (table.target.kind !== 'postgres') continue;
      if (changed.has(table.name) || table.after.some((name) => changed.has(name))) this.touched.add(table.name);
    }
  }

  /** True where there was something to try. `now`: however much time the last one took. */
  async run(now: boolean): Promise<boolean> {
    const startedMs = performance.now();
    if (this.touched.size === 0 || (!now && startedMs < this.notBeforeMs)) return false;
    let tried = false;
    for (const followed of this.parts.tables) {
      if (!this.touched.has(followed.table.name)) continue;
      tried = (await this.table(followed)) || tried;
      this.touched.delete(followed.table.name);
    }
    this.notBeforeMs = performance.now() + (performance.now() - startedMs) / SHARE;
    return tried;
  }

  private async table(followed: FollowedTable): Promise<boolean> {
    const client = await this.parts.client();
    const { rows } = await client.query<{ key: string }>(
      `SELECT row_key AS key FROM migration_quarantine WHERE table_name = $1 AND replayed_at IS NULL
          AND (reason_code = ANY($2) OR reason_code LIKE 'PG-%') ORDER BY id`,
      [followed.table.name, OF_POSTGRES],
    );
    const keys = rows.map(({ key }) => BigInt(key));
    for (let at = 0; at < keys.length && !this.parts.signal.aborted; at += AT_A_TIME)
      await this.applier.retry(followed, keys.slice(at, at + AT_A_TIME));
    return keys.length > 0;
  }
}

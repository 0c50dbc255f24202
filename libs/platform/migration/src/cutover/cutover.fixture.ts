import path from 'node:path';
import type { Client } from 'pg';
import type { Domain } from '../domains/domain';
import { allTables, FollowBench, outcomes, picks, runs } from '../follow/follow.fixture';
import { LegacyFile } from '../write-back/legacy-file';
import { LegacyTableWriter } from '../write-back/legacy-table-writer';
import { readTargetRows } from '../write-back/target-rows';
import { writeBack } from '../write-back/write-back';
import type { CutoverOptions } from './change-mode';

export const runsDomain: Domain = { name: 'runs', tables: [runs] };
export const picksDomain: Domain = { name: 'picks', tables: [picks, outcomes] };

const forms = [writeBack(runs, { times: { made_at: 'sqlite' } }), writeBack(picks), writeBack(outcomes)];

export const ROWS = `
  INSERT INTO runs (name, made_at, ratio, cost, payload) VALUES ('a', '2026-11-01 00:00:00', 1.5, 2.25, '{"a": 1}'), ('b', '2026-11-02 00:00:00', NULL, NULL, NULL),
    ('no time', 'yesterday', NULL, NULL, NULL);
  INSERT INTO picks (uuid, note) VALUES ('u1', 'one'), ('u2', NULL);
  INSERT INTO outcomes (uuid, label) VALUES ('u1', 'won'), ('nobody', 'which only PostgreSQL refuses');`;

/** Copied, equal, with a change log: what the checklist begins with. */
export class CutoverBench {
  private constructor(readonly bench: FollowBench) {}

  static async open(): Promise<CutoverBench> {
    const bench = await FollowBench.open();
    await bench.ready(ROWS);
    return new CutoverBench(bench);
  }

  get client(): Client {
    return this.bench.client;
  }

  close(): Promise<void> {
    return this.bench.close();
  }

  /** Without gates unless told otherwise: the steps themselves are looked at. */
  options(over: Partial<CutoverOptions> = {}): CutoverOptions {
    return {
      ...{ root: path.dirname(this.bench.file), workingDirs: [], files: {}, required: false, known: allTables },
      ...{ connectionString: this.bench.database.url, holder: 'test@here pid 1', by: 'Anna', reason: 'a test' },
      ...{ domains: [runsDomain], gates: [], waitMs: 5_000, signal: new AbortController().signal },
      probes: {
        schema: () => Promise.resolve({ applied: ['1'], pending: [], failed: [], changed: [] }),
        redis: () => Promise.resolve([]),
      },
      carry: () => this.drain(),
      ...over,
    };
  }

  /** What a follower does for the way back, without one. */
  async drain(): Promise<void> {
    const { rows } = await this.client.query<{ seq: string; table: string; key: string }>(
      'SELECT seq, table_name AS "table", row_key AS key FROM migration_outbox WHERE dead_at IS NULL ORDER BY seq',
    );
    for (const form of forms) {
      const keys = [...new Set(rows.filter(({ table }) => table === form.table.name).map(({ key }) => BigInt(key)))];
      const found = await readTargetRows(this.client, form.table, keys);
      const deletes = keys.filter((key) => !found.has(key)).map((key) => ({ id: String(key) }));
      const writer = new LegacyTableWriter(new LegacyFile(this.bench.file), form, { choices: {}, neighbours: allTables.map(({ source }) => source.table) }); // prettier-ignore
      await writer.write({ upserts: [...found.values()], deletes });
    }
    await this.client.query('DELETE FROM migration_outbox WHERE seq = ANY($1::bigint[])', [rows.map(({ seq }) => seq)]);
  }

  async mode(domain = 'runs'): Promise<string | null> {
    const { rows } = await this.client.query<{ mode: string }>('SELECT mode FROM migration_domains WHERE name = $1', [domain]); // prettier-ignore
    return rows[0]?.mode ?? null;
  }

  async audit(): Promise<string[]> {
    const { rows } = await this.client.query<{ line: string }>(
      `SELECT action || ' ' || subject AS line FROM migration_audit WHERE action LIKE 'cutover.%' ORDER BY seq`,
    );
    return rows.map(({ line }) => line);
  }

  /** In the legacy file. */
  names(): string[] {
    return this.bench.inFile("SELECT name FROM runs WHERE name <> 'no time' ORDER BY id").map(([name]) => String(name));
  }
}

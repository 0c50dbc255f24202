import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { makeSampleTree } from '@sluice/trading-legacy';
import { Client } from 'pg';
import { type Cost, costOf, sluice, withFollower } from './processes';

const CHANGES = 300;
const PAUSE_MS = 30;
const LATEST_MS = 120_000;

export interface WatchResult {
  readonly rows: number;
  /** Beside a follower that watches, and writes nothing to the file. */
  readonly cost: Cost;
  /** From the end of a change's commit to when PostgreSQL shows it, looked at every 20 ms. */
  readonly foundMs: { readonly median: number; readonly most: number };
}

/**
 * Following by pages: what a watch costs the legacy program, and how long it takes to find inserts, updates and deletes that are
 * spread over a large file.
 */
export async function benchWatch(dir: string, url: string, rows: number, writes: number): Promise<WatchResult> {
  const legacy = path.join(dir, 'legacy');
  makeSampleTree({ dir: legacy, seed: 1, rows: 0, hazards: false, files: false, tables: { llm_requests: rows, agent_analyses: 20_000, user_preferences: 500 } }); // prettier-ignore
  const large = path.join(legacy, 'cache/llm_costs.db');
  const small = path.join(legacy, 'cache/context.db');
  const plain = path.join(dir, 'plain.db');
  copyFileSync(small, plain);
  const env = { ...process.env, DATABASE_URL: url, LEGACY_DIR: legacy, SLUICE_STATE_DIR: path.join(dir, 'state') };
  await sluice(env, 'migrate', '--restart', '--yes', '--progress', 'none');
  await sluice(env, 'follow', '--watch', '--once');
  // Old rows that go would be kept, as the legacy program's retention.
  return withFollower(env, ['--watch', '--keep-history', 'none'], async () => {
    const cost = await costOf(plain, small, 'delete', writes);
    const late = await foundAfter(large, url);
    return { rows, cost, foundMs: { median: late[late.length >> 1] ?? NaN, most: late[late.length - 1] ?? NaN } };
  });
}

/** Milliseconds from each change to when it was found, in order. */
async function foundAfter(file: string, url: string): Promise<number[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const db = new DatabaseSync(file, { timeout: 5_000 });
  const { last } = db.prepare('SELECT max(id) AS last FROM llm_requests').get() as { last: number };
  const waiting = new Map<string, number>();
  const late: number[] = [];
  const look = async (): Promise<void> => {
    const asked = [...waiting.keys()];
    const { rows } = await client.query<{ found: string }>(
      `SELECT c AS found FROM unnest($1::text[]) AS c LEFT JOIN llm_requests r ON r.id = split_part(c, ' ', 2)::bigint
        WHERE CASE split_part(c, ' ', 1) WHEN 'gone' THEN r.id IS NULL WHEN 'made' THEN r.id IS NOT NULL ELSE r.tokens_input = 7777777 END`,
      [asked],
    );
    const nowMs = performance.now();
    for (const { found } of rows) {
      late.push(nowMs - waiting.get(found)!);
      waiting.delete(found);
    }
  };
  try {
    for (let n = 0; n < CHANGES; n++) {
      const id = 1 + ((n * 7_919_993) % last);
      waiting.set(change(db, n, id), performance.now());
      await delay(PAUSE_MS);
      await look();
    }
    for (const endMs = performance.now() + LATEST_MS; waiting.size > 0; await delay(20)) {
      await look();
      if (performance.now() > endMs) throw new Error(`${waiting.size} changes were not found.`);
    }
  } finally {
    db.close();
    await client.end();
  }
  return late.sort((a, b) => a - b);
}

/** Makes one of three kinds of change in a transaction of its own, and names it. */
function change(db: InstanceType<typeof DatabaseSync>, n: number, id: number): string {
  if (n % 3 === 0) {
    db.exec(`DELETE FROM llm_requests WHERE id = ${id}`);
    return `gone ${id}`;
  }
  if (n % 3 === 1) {
    db.exec(`UPDATE llm_requests SET tokens_input = 7777777 WHERE id = ${id}`);
    return `changed ${id}`;
  }
  const { lastInsertRowid } = db
    .prepare(
      "INSERT INTO llm_requests (model, tokens_input, tokens_output, cost_usd) VALUES ('gpt-4-turbo', 1, 1, 0.1)",
    )
    .run();
  return `made ${String(lastInsertRowid)}`;
}

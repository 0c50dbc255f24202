import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import {
  freshDatabase,
  freshRedis,
  memoryDir,
  type FreshDatabase,
  type FreshRedis,
  type TempDir,
} from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { runLegacyProgram } from './legacy-program';
import { different, followAndKill } from './follower';
import { sluice, sluiceJson, type SluiceOptions } from './sluice';

/** More rounds, or a failing seed again: SLUICE_KILL_ROUNDS=50 SLUICE_KILL_SEED=42 npx jest follow.e2e */
const rounds = Number(process.env.SLUICE_KILL_ROUNDS ?? 3);
const seed = Number(process.env.SLUICE_KILL_SEED ?? Date.now() % 1_000_000);

let dir: TempDir;
let database: FreshDatabase;
let redis: FreshRedis;
let on: SluiceOptions;

beforeEach(async () => {
  [dir, database, redis] = await Promise.all([memoryDir(), freshDatabase(), freshRedis()]);
  const legacy = path.join(dir.path, 'legacy');
  makeSampleTree({ dir: legacy, seed: 3, rows: 1_500, hazards: true, files: false });
  on = { database: database.url, redis: redis.url, legacy };
});
afterEach(async () => {
  await redis.flush();
  await Promise.all([database.drop(), dir.remove()]);
});

const files = (): string[] =>
  readdirSync(path.join(on.legacy!, 'cache')).flatMap((name) => (name.endsWith('.db') ? [path.join(on.legacy!, 'cache', name)] : [])); // prettier-ignore

function onEach<Result>(work: (db: InstanceType<typeof DatabaseSync>) => Result): Result[] {
  return files().map((file) => {
    const db = new DatabaseSync(file);
    try {
      return work(db);
    } finally {
      db.close();
    }
  });
}

const schemas = (): unknown[] => onEach((db) => db.prepare('SELECT rowid, * FROM sqlite_schema ORDER BY rowid').all());

describe.each(['delete', 'wal'] as const)('a program that goes on writing (journal_mode %s)', (journal) => {
  it(`never sees an error, and every row arrives, though its follower is killed ${rounds} times (seed ${seed})`, async () => {
    onEach((db) => db.exec(`PRAGMA journal_mode = ${journal}`));
    const before = schemas();
    expect(await sluice(['follow', 'install', '--yes'], on)).toMatchObject({ code: 0 });
    const first = runLegacyProgram(on.legacy!, { ms: 4_000, seed });
    const copied = await sluice(['migrate', '--progress', 'none'], on);
    expect(`${copied.code} ${copied.stderr}`).toMatch(/^[45] /); // Cache tables may have changed under the comparison.
    expect((await first).errors).toEqual([]);
    if (copied.code === 5) await sluice(['migrate', '--progress', 'none'], on);

    let writing = true;
    const written = runLegacyProgram(on.legacy!, { ms: 2_500 * rounds, seed: seed + 1 }).finally(
      () => (writing = false),
    );
    for (let round = 0; round < rounds && writing; round++)
      await followAndKill(on, 1_500 + ((seed * (round + 1) * 7919) % 2_000));
    const { calls, errors } = await written;
    expect([calls > 0, errors]).toEqual([true, []]);
    const caughtUp = await sluice(['follow', '--once'], on);
    expect(caughtUp).toMatchObject({ code: 0 });
    expect(await different(on)).toEqual([]);

    expect(await sluice(['follow', 'uninstall', '--yes'], on)).toMatchObject({ code: 0 });
    expect(schemas()).toEqual(before);
  }, 400_000);
});

it('is asked for by name: nothing is written to a legacy file without --yes, nor by any other command', async () => {
  const before = schemas();
  expect(await sluice(['follow', 'install', '--dry-run'], on)).toMatchObject({ code: 0 });
  const asked = await sluice(['follow', 'install'], on);
  expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('Add --yes to confirm') });
  expect(await sluice(['follow', '--once'], on)).toMatchObject({ code: 3, stderr: expect.stringContaining('FOLLOW_NOT_READY') }); // prettier-ignore
  expect(schemas()).toEqual(before);
});

it('ends with 143 after the batch that is under way, is no drift to inspect, and is seen in the status', async () => {
  expect(await sluice(['follow', 'install', '--yes'], on)).toMatchObject({ code: 0 });
  expect(await sluice(['inspect'], on)).toMatchObject({ code: 0 });
  expect((await sluice(['migrate', '--progress', 'none'], on)).code).toBe(4);
  const ended = await sluice(['follow'], {
    ...on,
    onOutput: (_, stderr) => void (stderr.split('following').length === 5 && stop()),
    onStart: (pid) => (follower = pid),
  });
  expect(ended).toMatchObject({ code: 143, stderr: expect.stringContaining('MIGRATION_INTERRUPTED') });
  const { document } = await sluiceJson<{ holder: string | null; tables: { state: string }[] }>(
    ['follow', 'status'],
    on,
  );
  expect([document.holder, new Set(document.tables.map(({ state }) => state))]).toEqual([null, new Set(['ended'])]);
});

let follower = 0;
let isStopped = false;
function stop(): void {
  if (isStopped) return;
  isStopped = true;
  void delay(200).then(() => process.kill(follower, 'SIGTERM'));
}

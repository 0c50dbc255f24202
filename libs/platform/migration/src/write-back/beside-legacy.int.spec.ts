import { spawn } from 'node:child_process';
import path from 'node:path';
import { run } from '@sluice/testing';
import { aRow } from './runs.fixture';
import { WriterBench } from './write-back.fixture';
import { hasPython } from './python.fixture';

let bench: WriterBench;
afterEach(() => bench.close());

const WRITES = 150;

/** The legacy program: a connection per call, five seconds of patience, a transaction per write. Prints every error it sees. */
const legacyPrograms: Record<string, readonly string[]> = {
  node: [
    process.execPath,
    '-e',
    `const { DatabaseSync } = require('@photostructure/sqlite');
     for (let i = 0; i < ${WRITES}; i++) {
       const db = new DatabaseSync(process.argv[1], { timeout: 5000 });
       try {
         db.exec("BEGIN; INSERT INTO runs (name) VALUES ('legacy " + i + "')");
         db.exec("UPDATE runs SET ratio = " + i + " WHERE id = " + (1 + (i % 20)) + "; DELETE FROM runs WHERE name = 'legacy " + (i - 40) + "'; COMMIT");
       } catch (error) { console.log(error.message); }
       db.close();
     }`,
  ],
  python: [
    'python3',
    '-c',
    `
import sqlite3, sys
for i in range(${WRITES}):
    connection = sqlite3.connect(sys.argv[1])
    try:
        connection.execute('INSERT INTO runs (name) VALUES (?)', (f'legacy {i}',))
        connection.execute('UPDATE runs SET ratio = ? WHERE id = ?', (float(i), 1 + i % 20))
        connection.execute('DELETE FROM runs WHERE name = ?', (f'legacy {i - 40}',))
        connection.commit()
    except Exception as error: print(error)
    connection.close()`,
  ],
};

const programs = Object.keys(legacyPrograms).filter((name) => name !== 'python' || hasPython);
const cases = programs.flatMap((name) => (['delete', 'wal'] as const).map((journal) => [name, journal] as const));

it.each(cases)('a legacy writer (%s, journal_mode %s) never fails because of us, nor we because of it', async (name, journal) => {
  bench = await WriterBench.open(journal);
  const ours = Array.from({ length: 100 }, (_, i) => 1_000_000 + i);
  const shared = Array.from({ length: 20 }, (_, i) => aRow(i + 1, { name: `shared ${i}` }));
  await bench.writer().write({ upserts: shared, deletes: [] });
  const [command = '', ...args] = legacyPrograms[name]!;
  let isOver = false;
  const legacy = run(command, [...args, bench.file], { cwd: __dirname }).finally(() => (isOver = true));
  const writer = bench.writer();
  let rounds = 0;
  for (; !isOver || rounds < 3; rounds++) {
    const note = `round ${rounds}`;
    const upserts = ours.map((id) => aRow(id, { note, payload: '{"a": [1, 2, 3]}' }));
    await writer.write({ upserts, deletes: rounds % 2 ? [{ id: '1000000' }] : [] });
  }
  expect(await legacy).toMatchObject({ code: 0, stdout: '', stderr: '' });
  expect(bench.rows(`SELECT DISTINCT note FROM runs WHERE id >= 1000000 AND id < 1000100`)).toEqual([[`round ${rounds - 1}`]]);
  expect(bench.rows(`SELECT count(*) FROM runs WHERE name LIKE 'legacy %'`)).toEqual([[40]]);
  expect(bench.rows(`SELECT max(ratio) FROM runs`)).toEqual([[WRITES - 1]]);
  expect(bench.rows('PRAGMA integrity_check')).toEqual([['ok']]);
}); // prettier-ignore

/** Writes rounds of changes to all rows until it is killed. */
const endless = `
  require('${path.resolve(__dirname, '../../../../../tools/swc-register.cjs')}');
  const { LegacyFile } = require('./legacy-file.ts');
  const { LegacyTableWriter } = require('./legacy-table-writer.ts');
  const { runs, aRow } = require('./runs.fixture.ts');
  (async () => {
    const writer = new LegacyTableWriter(new LegacyFile(process.argv[1]), runs, { choices: {} });
    for (let round = 1; ; round++) {
      const note = String(round).repeat(4000);
      await writer.write({ upserts: Array.from({ length: 60 }, (_, i) => aRow(i + 1, { note })), deletes: [{ id: String(100 + round) }] });
      process.stdout.write('.');
    }
  })();`;

it.each(['delete', 'wal'] as const)(
  'a kill in the middle leaves all of a call or nothing (journal_mode %s)',
  async (journal) => {
    bench = await WriterBench.open(journal);
    bench.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
      INSERT INTO runs (name, note) SELECT 'run ' || i, '0' FROM n`);
    for (let kill = 0; kill < 6; kill++) {
      await killed(bench.file, 3 + kill, kill / 6);
      const notes = bench.rows('SELECT DISTINCT note FROM runs');
      expect(notes).toHaveLength(1);
      expect(bench.rows('SELECT count(*) FROM runs')).toEqual([[60]]);
      expect(bench.rows('PRAGMA integrity_check')).toEqual([['ok']]);
      bench.sql(`UPDATE runs SET note = '0'`);
    }
    expect(await bench.writer().write({ upserts: [aRow(1)], deletes: [] })).toMatchObject({ updated: 1 });
  },
);

/** Kills the writer in the round behind so many, each time at another part of it. */
function killed(file: string, rounds: number, part: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-e', endless, file], {
      cwd: __dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let done = 0;
    let lastMs = 0;
    child.stdout.on('data', (dots: Buffer) => {
      const roundMs = (performance.now() - lastMs) / dots.length;
      lastMs = performance.now();
      done += dots.length;
      if (done >= rounds && done - dots.length < rounds) setTimeout(() => child.kill('SIGKILL'), roundMs * part);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => (signal === 'SIGKILL' ? resolve() : reject(new Error(`Ended with ${code}.`))));
  });
}

import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { connectedClient, freshDatabase, run, until } from '@sluice/testing';
import { BackupBench } from './backup.fixture';
import { readManifest } from './manifest';
import { restoreBackup } from './use-backup';

/** Two rows in each transaction, in a connection of its own as the legacy program; and a JSON file that is rewritten in place. */
const program = String.raw`
const { writeFileSync } = require('node:fs');
const { DatabaseSync } = require('@photostructure/sqlite');
const [file, note, ms] = process.argv.slice(1);
const end = Date.now() + Number(ms);
const turn = (n) => {
  if (Date.now() > end) return void process.stdout.write(String(n));
  const db = new DatabaseSync(file, { timeout: 60_000 });
  db.exec("BEGIN; INSERT INTO llm_requests (model) VALUES ('first')");
  db.exec("INSERT INTO llm_requests (model) VALUES ('second'); COMMIT");
  db.close();
  writeFileSync(note, JSON.stringify({ n, text: 'x'.repeat(n % 100_000) }));
  setImmediate(turn, n + 1);
};
turn(0);`;

let bench: BackupBench;
beforeEach(async () => {
  bench = await BackupBench.open();
});
afterEach(() => bench.close());

it.each(['delete', 'wal'] as const)(
  'has one state of each side while both are written to (journal_mode %s)',
  async (journal) => {
    bench.legacy.exec(`DELETE FROM llm_requests; PRAGMA journal_mode = ${journal}`);
    const filler = Buffer.alloc(20_000_000, 'legacy').toString();
    bench.legacy.exec(`CREATE TABLE filler (text TEXT); INSERT INTO filler VALUES ('${filler}')`);
    const writer = run(process.execPath, ['-e', program, bench.file, bench.note, '2000'], { cwd: __dirname });
    let writes = true;
    const pairs = (async () => {
      const client = await connectedClient(bench.database.url);
      for (let n = 0; writes; n++) {
        await client.query(`BEGIN; INSERT INTO llm_requests (model) VALUES ('pair')`);
        await client.query(
          `INSERT INTO migration_outbox (table_name, row_key, error) VALUES ('t', ${n}, 'pair'); COMMIT`,
        );
      }
      await client.end();
    })();
    await until(() => Number(bench.legacy.rows('SELECT count(*) FROM llm_requests')[0]?.[0]) > 0);
    await until(async () => (await bench.rows('SELECT 1 FROM migration_outbox')).length > 0);
    const { folder } = await bench.take().finally(async () => {
      writes = false;
      await pairs;
    });
    const { code, stdout } = await writer;
    expect([code, Number(stdout) > 0]).toEqual([0, true]);

    const target = await freshDatabase({ migrated: false });
    const files = path.join(bench.dir.path, 'restored');
    await restoreBackup(readManifest(folder), { ...bench.options, into: target.url, files });
    const client = await connectedClient(target.url);
    const [[rows], [queued]] = await Promise.all([
      bench.rows(`SELECT count(*)::int FROM llm_requests WHERE model = 'pair'`, client),
      bench.rows(`SELECT count(*)::int FROM migration_outbox WHERE error = 'pair'`, client),
    ]);
    await client.end();
    await target.drop();
    expect(rows).toEqual(queued);
    expect(Number(rows?.[0])).toBeGreaterThan(0);
    const copy = new DatabaseSync(path.join(files, 'cache/costs.db'));
    const [first, second] = ['first', 'second'].map((model) => copy.prepare('SELECT count(*) AS n FROM llm_requests WHERE model = ?').get(model) as { n: number }); // prettier-ignore
    copy.close();
    expect(first).toEqual(second);
    expect(first!.n).toBeGreaterThan(0);
  },
);

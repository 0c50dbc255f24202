import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { installLog } from '@sluice/legacy';
import { connectedClient, startLegacyWriter, until } from '@sluice/testing';
import { createArchive, planRemoval, removeOriginals } from './archive';
import { BackupBench } from './backup.fixture';
import { noteDamaged } from './backup-record';
import { readManifest } from './manifest';
import { restoreBackup } from './use-backup';

let bench: BackupBench;
beforeEach(async () => {
  bench = await BackupBench.open();
});
afterEach(() => bench.close());

const options = () => ({ ...bench.options, domains: [bench.domain] });
const archived = async () => {
  await bench.mode('legacy', 'dual', 'cutover', 'new');
  return createArchive(options());
};
const kept = (message: RegExp | string) =>
  expect(removeOriginals(options())).rejects.toMatchObject({
    code: 'ARCHIVE_ORIGINALS_KEPT',
    message: expect.stringMatching(message),
  });

it('refuses while a domain is not closed, and removes nothing without an archive', async () => {
  await bench.mode('legacy', 'dual', 'cutover');
  await expect(createArchive(options())).rejects.toThrow('llm-costs (cutover)');
  await expect(removeOriginals(options())).rejects.toMatchObject({ code: 'ARCHIVE_NOT_CLOSED' });
  await bench.client.query(`UPDATE migration_domains SET mode = 'new'`);
  await kept('there is no archive of them');
  expect(existsSync(bench.file)).toBe(true);
});

it('removes what it holds, and nothing else; and brings it back', async () => {
  const program = startLegacyWriter(bench.file);
  await program.exec(`PRAGMA journal_mode = wal; INSERT INTO llm_requests (model) VALUES ('in the log')`);
  const foreign = path.join(bench.root, 'cache/unknown.txt');
  writeFileSync(foreign, 'mine');
  const { folder } = await archived();
  const { files } = await planRemoval(options());
  const names = files.map(({ file }) => path.relative(bench.root, file));
  expect(names).toEqual(['cache/costs.db', 'cache/costs.db-wal', 'cache/costs.db-shm', 'cache/notes/a.json']);
  expect(existsSync(bench.file)).toBe(true);
  await removeOriginals(options());
  expect(bench.filesIn(bench.root)).toEqual(['cache/unknown.txt 644']);
  expect(
    (await bench.rows(`SELECT action, detail->'files'->>0 FROM migration_audit ORDER BY seq DESC LIMIT 1`))[0],
  ).toEqual(['archive.originals-removed', bench.file]);
  expect((await removeOriginals(options())).files).toEqual([]);

  const into = path.join(bench.dir.path, 'restored');
  await restoreBackup(readManifest(folder), { ...bench.options, into: null, files: into });
  const copy = new DatabaseSync(path.join(into, 'cache/costs.db'));
  expect(copy.prepare('SELECT count(*) AS rows FROM llm_requests').get()).toEqual({ rows: 4 });
  copy.close();
  await program.kill();
});

it('keeps every file when one is written to while the audit log is waited for', async () => {
  await archived();
  const other = await connectedClient(bench.database.url);
  await other.query('BEGIN; LOCK TABLE migration_audit IN EXCLUSIVE MODE');
  const removal = kept(/costs\.db was written to just now/);
  const waiting = `SELECT count(*)::int FROM pg_locks WHERE relation = 'migration_audit'::regclass AND NOT granted`;
  await until(async () => (await bench.rows(waiting))[0]?.[0] !== 0);
  bench.legacy.exec(`INSERT INTO llm_requests (model) VALUES ('late')`);
  await other.query('COMMIT');
  await other.end();
  await removal;
  expect([bench.file, bench.note].map((place) => existsSync(place))).toEqual([true, true]);
  const last = await bench.rows('SELECT action FROM migration_audit ORDER BY seq DESC LIMIT 2');
  expect(last).toEqual([['archive.originals-kept'], ['archive.originals-removed']]);
});

it('keeps every file while nobody has looked at what was written after the close', async () => {
  const { generation } = await installLog(bench.file, [{ table: 'llm_requests', key: 'id' }]);
  await bench.client.query(
    `INSERT INTO migration_follow (table_name, plan, source_path, feed, generation, position, run, holder, state)
     VALUES ('llm_requests', gen_random_uuid(), 'cache/costs.db', 'change-log', $1, 0, gen_random_uuid(), 'x', 'ended')`,
    [generation],
  );
  bench.legacy.exec(`INSERT INTO llm_requests (model) VALUES ('late')`);
  await archived();
  await kept(/costs\.db was written to, and nobody has looked at what: run `sluice follow --once`/);
  await bench.client.query('UPDATE migration_follow SET position = 1');
  await removeOriginals(options());
  expect(existsSync(bench.file)).toBe(false);
});

it('keeps every file when one has changed, is new, or the archive is not to be relied on', async () => {
  const { folder, manifest } = await archived();
  bench.legacy.exec(`INSERT INTO llm_requests (model) VALUES ('late')`);
  await kept(/costs\.db has changed since it was archived/);
  bench.legacy.exec(`DELETE FROM llm_requests WHERE model = 'late'`);
  await kept(/costs\.db has changed since it was archived/); // Its change counter tells.
  const second = await createArchive(options());
  writeFileSync(path.join(bench.root, 'cache/notes/b.json'), '{}');
  await kept(/b\.json is not in the archive/);
  await createArchive(options());
  await planRemoval(options());
  await bench.client.query(`DELETE FROM migration_backups WHERE id NOT IN ('${manifest.id}', '${second.manifest.id}')`);
  await noteDamaged(bench.client, second.manifest.id, 'a test', '-');
  await kept('was never restored whole as a trial');
  await bench.client.query(`UPDATE migration_backups SET restored_at = now()`);
  bench.spoil(path.join(second.folder, second.manifest.legacy!.files[0]!.data.file));
  await expect(removeOriginals(options())).rejects.toMatchObject({
    code: 'BACKUP_DAMAGED',
    remedy: expect.stringContaining('`sluice archive create`'),
  });
  expect([bench.file, bench.note, folder].map((place) => existsSync(place))).toEqual([true, true, true]);
});

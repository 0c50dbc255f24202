import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { connectedClient, freshDatabase, run, type FreshDatabase } from '@sluice/testing';
import type { Client } from 'pg';
import { installChangeLogs } from '../follow/change-logs';
import { brokenAudit } from '../state/audit';
import { BackupBench } from './backup.fixture';
import { tagOf } from './backup-options';
import { listBackups } from './backup-record';
import { readManifest } from './manifest';
import { checkRecorded, rehearseBackup, restoreBackup } from './use-backup';

let bench: BackupBench;
/** An empty database, for the tests that restore into one. */
let target: FreshDatabase | null;
beforeEach(async () => {
  target = null;
  bench = await BackupBench.open();
});
afterEach(() => Promise.all([bench.close(), target?.drop()]));
const makeTarget = async (): Promise<void> => {
  target = await freshDatabase({ migrated: false });
};

const inTarget = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
  const client = await connectedClient(target!.url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};
const options = () => ({
  ...bench.options,
  into: target?.url ?? 'postgresql://localhost/none',
  files: path.join(bench.dir.path, 'restored'),
});
const restored = async (): Promise<(string | null)[]> =>
  (await listBackups(bench.client)).map(({ restoredBy }) => restoredBy);

/** Whether what was compared opens no gate any more. */
const OUTDATED = `SELECT bool_or(report ? 'outdated') FROM migration_runs WHERE status = 'finished'`;

it('brings back every row, trigger and sequence, and every legacy file as its program left it', async () => {
  await makeTarget();
  await bench.mode('legacy', 'dual');
  await bench.client.query(`INSERT INTO llm_requests (model) VALUES ('queued for the file')`);
  await bench.client.query('ALTER SEQUENCE llm_requests_id_seq MINVALUE 2 MAXVALUE 5000 START WITH 2');
  await bench.client.query(`INSERT INTO migration_runs (id, command, holder, version, finished_at, status, report)
    VALUES (gen_random_uuid(), 'verify', 'h', '0', now(), 'finished', '{}')`);
  const { folder, manifest } = await bench.take();
  await bench.client.query(`DELETE FROM llm_requests`);
  bench.legacy.exec(`DELETE FROM llm_requests`);
  await restoreBackup(readManifest(folder), options());

  await inTarget(async (client) => {
    expect(await bench.rows('SELECT id::int, model, tokens_input::int FROM llm_requests ORDER BY id', client)).toEqual([
      [1, 'tab\tnew\nline\\', 1],
      [2, 'ü', null],
      [3, '', 0],
      [4, 'queued for the file', null],
    ]);
    expect(await bench.rows('SELECT row_key::int FROM migration_outbox', client)).toEqual([[4]]);
    await client.query(`INSERT INTO llm_requests (model) VALUES ('of the restored one')`);
    expect(await bench.rows('SELECT row_key::int FROM migration_outbox ORDER BY seq', client)).toEqual([[4], [5]]);
    expect(await bench.rows(`SELECT seqmax::int FROM pg_sequence WHERE seqrelid = 'llm_requests_id_seq'::regclass`, client)).toEqual([[5000]]); // prettier-ignore
    expect(await bench.rows(`SELECT action, subject FROM migration_audit ORDER BY seq DESC LIMIT 1`, client)).toEqual([
      ['backup.restored', manifest.id],
    ]);
    expect(await brokenAudit(client)).toEqual([]);
    expect(await bench.rows(OUTDATED, client)).toEqual([[true]]);
    expect(await bench.rows('SELECT mode, epoch::int FROM migration_domains', client)).toEqual([['dual', 3]]);
  });
  expect(await bench.rows(OUTDATED)).toEqual([[false]]);
  expect(await bench.rows('SELECT epoch::int FROM migration_domains')).toEqual([[2]]);
  expect(bench.filesIn(options().files)).toEqual(['cache/costs.db 644', 'cache/notes/a.json 640']);
  expect(readFileSync(path.join(options().files, 'cache/notes/a.json'), 'utf8')).toBe('{"a": 1}');
  const copy = new DatabaseSync(path.join(options().files, 'cache/costs.db'));
  expect(copy.prepare('SELECT count(*) AS rows FROM llm_requests').get()).toEqual({ rows: 3 });
  copy.close();
});

it('is a folder that nobody else may read, with sums that a shell can check', async () => {
  const { folder, manifest, records } = await bench.take();
  expect(readdirSync(bench.backups)).toEqual([manifest.id]);
  expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
  expect(bench.filesIn(folder).filter((file) => !file.endsWith(' 600'))).toEqual([]);
  expect(await run('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: folder })).toMatchObject({ code: 0 });
  expect(records.map(({ kind, files }) => [kind, files])).toEqual([['postgres', manifest.postgres!.tables.length + 1], ['legacy', 2]]); // prettier-ignore
  expect((await listBackups(bench.client)).map(({ id, kind, path: place }) => [id, kind, place])).toEqual([
    [manifest.id, 'postgres', folder],
    [manifest.id, 'legacy', folder],
  ]);
  expect(await bench.rows(`SELECT action FROM migration_audit`)).toEqual([['backup.created']]);
});

it('counts as restored after a trial, which leaves nothing behind, nor what a killed one has left', async () => {
  const { manifest } = await bench.take();
  expect(await restored()).toEqual([null, null]);
  const tag = await tagOf(bench.client);
  await bench.client.query(`CREATE DATABASE sluice_rehearsal_${tag}`);
  const folder = path.join(tmpdir(), `sluice-trial-${tag}-${process.getuid?.() ?? ''}`);
  mkdirSync(path.join(folder, 'cache/costs.db'), { recursive: true });
  await rehearseBackup(manifest.id, bench.options);
  expect(await restored()).toEqual(['a test', 'a test']);
  expect(existsSync(folder)).toBe(false);
  expect(await bench.rows(`SELECT datname FROM pg_database WHERE datname = 'sluice_rehearsal_${tag}'`)).toEqual([]);
  expect(new Set(bench.saidItems)).toContain('cache/costs.db');
});

it('names the file that is damaged, and does not count as restored any more', async () => {
  const { folder, manifest } = await bench.take();
  await rehearseBackup(manifest.id, bench.options);
  bench.spoil(path.join(folder, manifest.postgres!.tables.find(({ name }) => name === 'llm_requests')!.data.file));
  const damaged = {
    code: 'BACKUP_DAMAGED',
    message: expect.stringMatching(/llm_requests\.copy\.\w+ does not have the SHA-256/),
  };
  await expect(checkRecorded(manifest.id, bench.options)).rejects.toMatchObject(damaged);
  expect(await restored()).toEqual([null, null]);
  await expect(rehearseBackup(manifest.id, bench.options)).rejects.toMatchObject(damaged);
  await expect(restoreBackup(readManifest(folder), options())).rejects.toMatchObject(damaged);
  expect(existsSync(options().files)).toBe(false);
});

it('does not believe a manifest that is not the recorded one', async () => {
  const { folder, manifest } = await bench.take();
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify({ ...manifest, postgres: null }));
  await expect(checkRecorded(manifest.id, bench.options)).rejects.toThrow('is not the one that was recorded');
  const outside = {
    ...manifest,
    legacy: { ...manifest.legacy!, files: [{ ...manifest.legacy!.files[0]!, path: '../x' }] },
  };
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(outside));
  expect(() => readManifest(folder)).toThrow('it names ../x');
  rmSync(folder, { recursive: true });
  await expect(checkRecorded(manifest.id, bench.options)).rejects.toThrow(`${folder} is not there any more`);
});

it('finds by its own digests what the sums of the files cannot', async () => {
  await makeTarget();
  const { folder, manifest } = await bench.take();
  const { postgres } = manifest;
  const tables = postgres!.tables.map((table) => (table.name === 'llm_requests' ? { ...table, rows: 4 } : table));
  const found = { folder, manifest: { ...manifest, postgres: { ...postgres!, tables } }, sha256: '' };
  await expect(restoreBackup(found, options())).rejects.toThrow('brought 3 rows back into llm_requests, of 4');
  expect(await inTarget((client) => bench.rows(`SELECT 1 FROM pg_tables WHERE schemaname = 'public'`, client))).toEqual(
    [],
  );
});

const tablesInTarget = () =>
  inTarget((client) => bench.rows(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`, client));

it('restores neither over a database nor into a folder that holds anything, and then nothing at all', async () => {
  await makeTarget();
  const { folder } = await bench.take();
  mkdirSync(options().files);
  writeFileSync(path.join(options().files, 'mine'), '');
  const refused = { code: 'BACKUP_TARGET_NOT_EMPTY' };
  await expect(restoreBackup(readManifest(folder), { ...options(), into: null })).rejects.toMatchObject(refused);
  await expect(restoreBackup(readManifest(folder), options())).rejects.toMatchObject(refused);
  expect(await tablesInTarget()).toEqual([]);
  rmSync(path.join(options().files, 'mine'));
  const over = restoreBackup(readManifest(folder), { ...options(), into: bench.database.url });
  await expect(over).rejects.toMatchObject(refused);
  expect(readdirSync(options().files)).toEqual([]);
});

it('fills an empty folder that is there, also where a link leads to it, and takes away what a killed restore left', async () => {
  const { folder } = await bench.take();
  const empty = path.join(bench.dir.path, 'empty');
  mkdirSync(path.join(empty, '.sluice-partial/cache'), { recursive: true });
  const { ino } = statSync(empty);
  const files = path.join(bench.dir.path, 'link');
  symlinkSync(empty, files);
  await restoreBackup(readManifest(folder), { ...options(), into: null, files });
  expect(bench.filesIn(empty)).toEqual(['cache/costs.db 644', 'cache/notes/a.json 640']);
  expect([readdirSync(empty), statSync(empty).ino]).toEqual([['cache'], ino]); // As the root of a disk has to stay.
});

it('brings back sequences whose ends were moved while it was taken', async () => {
  const sequence = 'llm_requests_id_seq';
  await bench.client.query(`ALTER SEQUENCE ${sequence} MINVALUE 1001 MAXVALUE 2000 START WITH 1001 RESTART WITH 1001`);
  let moved: Promise<unknown> | undefined;
  const { manifest } = await bench.take({
    onEvent: ({ item }) => {
      if (item === 'llm_requests')
        moved ??= bench.client.query(`ALTER SEQUENCE ${sequence} MINVALUE 2001 MAXVALUE 3000 START WITH 2001 RESTART WITH 2001`); // prettier-ignore
    },
  });
  await moved;
  await rehearseBackup(manifest.id, bench.options);
  expect(manifest.postgres!.sequences.find(({ name }) => name === sequence)).toEqual({
    ...{ name: sequence, last: '2001', isCalled: false, least: '2001', most: '3000', start: '2001' },
  });
});

it('leaves out a JSON file that its program removes while it is taken, and says so', async () => {
  const { manifest } = await bench.take({
    onEvent: ({ item }) => item === 'cache/costs.db' && rmSync(bench.note, { force: true }),
  });
  expect(manifest.legacy?.files.map((file) => file.path)).toEqual(['cache/costs.db']);
  expect(manifest.legacy?.notes).toContain('cache/notes/a.json is not in it: its program removed it meanwhile.');
  await rehearseBackup(manifest.id, bench.options);
});

it('was not taken later than now, whatever the clock of its host says', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'clearTimeout', 'performance'], now: Date.now() + 9e8 }); // prettier-ignore
  await bench.take().finally(() => jest.useRealTimers());
  expect(await bench.rows('SELECT bool_and(taken_at <= clock_timestamp()) FROM migration_backups')).toEqual([[true]]);
});

it('refuses while a copy is under way, and a schema that is not of this release', async () => {
  await bench.client
    .query(`INSERT INTO migration_tables (name, source_path, fingerprint, mapping_digest, choices, plan, status, lane, rows_source)
    VALUES ('runs', '-', '{}', '-', '{}', gen_random_uuid(), 'copying', 'sql', 1)`);
  await expect(bench.take()).rejects.toMatchObject({ code: 'BACKUP_COPY_UNDERWAY' });
  await bench.client.query(
    `UPDATE migration_tables SET status = 'copied'; UPDATE _prisma_migrations SET checksum = 'x' WHERE migration_name LIKE '%_init'`,
  );
  await expect(bench.take()).rejects.toThrow('20261121000000_init is another one here');
  expect(existsSync(bench.backups)).toBe(false);
});

it('refuses where a file is not found that rows came from, and where there is none', async () => {
  await bench.client
    .query(`INSERT INTO migration_tables (name, source_path, fingerprint, mapping_digest, choices, plan, status, lane, rows_source)
    VALUES ('llm_requests', '-', '{}', '-', '{}', gen_random_uuid(), 'copied', 'sql', 1)`);
  const elsewhere = path.join(bench.dir.path, 'elsewhere');
  mkdirSync(elsewhere);
  const sources = { ...bench.sources, root: elsewhere };
  await expect(bench.take({ sources })).rejects.toMatchObject({
    code: 'BACKUP_FILE_MISSING',
    message: expect.stringMatching(/: llm_requests\.$/),
  });
  await bench.client.query('DELETE FROM migration_tables');
  await expect(bench.take({ sources })).rejects.toMatchObject({ code: 'LEGACY_TREE_EMPTY' });
});

it('refuses files that look like those that are followed and are others', async () => {
  const search = { ...bench.sources, workingDirs: [], files: {}, required: false, known: bench.sources.tables };
  const [installed] = await installChangeLogs(search);
  const follow = (generation: string): Promise<unknown> =>
    bench.client.query(
      `INSERT INTO migration_follow (table_name, plan, source_path, feed, generation, position, run, holder, state)
       VALUES ('llm_requests', gen_random_uuid(), 'a', 'change-log', $1, 0, gen_random_uuid(), 'h', 'following')
       ON CONFLICT (table_name) DO UPDATE SET generation = excluded.generation`,
      [generation],
    );
  await follow('of another installation');
  await expect(bench.take()).rejects.toMatchObject({ code: 'BACKUP_FILE_MISSING' });
  await follow(installed!.log!.generation);
  await bench.take();

  // A copy of the file has the same log, and lies below another root.
  const { dev, ino } = statSync(bench.file, { bigint: true });
  await bench.client.query(
    `INSERT INTO migration_tables (name, source_path, fingerprint, mapping_digest, choices, plan, status, lane, rows_source)
     SELECT table_name, 'a', '{}', '-', '{}', plan, 'copied', 'sql', 3 FROM migration_follow`,
  );
  await bench.client.query('UPDATE migration_follow SET detail = $1', [{ device: String(dev), inode: String(ino) }]);
  const root = path.join(bench.dir.path, 'copy');
  cpSync(bench.root, root, { recursive: true });
  await expect(bench.take({ sources: { ...bench.sources, root } })).rejects.toMatchObject({
    code: 'BACKUP_FILE_MISSING',
    message: expect.stringMatching(/copy is the one that `sluice follow` follows: llm_requests\.$/),
  });
  await bench.take();
});

it('leaves nothing behind when it is told to stop, and takes away what a killed one left', async () => {
  const stop = new AbortController();
  const halfway = bench.take({ signal: stop.signal, onEvent: ({ item }) => item === 'llm_requests' && stop.abort() });
  await expect(halfway).rejects.toMatchObject({ code: 'BACKUP_INTERRUPTED', kind: 'interrupted' });
  expect(readdirSync(bench.backups)).toEqual([]);
  expect(await listBackups(bench.client)).toEqual([]);
  const { manifest } = await bench.take();
  const killed = `20200101T000000000Z-${manifest.id.split('-')[1]!}.partial`;
  const foreign = '20200101T000000000Z-ffffff.partial';
  for (const name of [killed, foreign]) mkdirSync(path.join(bench.backups, name));
  const second = await bench.take();
  expect(readdirSync(bench.backups).sort()).toEqual([foreign, manifest.id, second.manifest.id].sort());
});

it('says that the disk is full, and that the role may make no database', async () => {
  await makeTarget();
  const onEvent = ({ item }: { item: string }): void => {
    if (item === 'llm_requests') throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  };
  await expect(bench.take({ onEvent })).rejects.toMatchObject({ code: 'BACKUP_NO_ROOM', kind: 'unavailable' });
  expect(readdirSync(bench.backups)).toEqual([]);
  const { manifest } = await bench.take();
  const role = `poor_${manifest.id.slice(-6)}_${Date.now()}`;
  await bench.client.query(`CREATE ROLE ${role} LOGIN; GRANT pg_read_all_data, pg_write_all_data TO ${role}`);
  const poor = new URL(bench.database.url);
  poor.username = role;
  const trial = rehearseBackup(manifest.id, { ...bench.options, connectionString: poor.href });
  await expect(trial).rejects.toMatchObject({ code: 'BACKUP_CREATEDB_MISSING', kind: 'refused' });
  await rehearseBackup(manifest.id, { ...bench.options, connectionString: poor.href, into: target!.url });
  expect(await restored()).toEqual(['a test', 'a test']);
  await bench.client.query(`DROP ROLE ${role}`);
});

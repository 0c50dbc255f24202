import { readdirSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { freshDatabase, tempDir, type FreshDatabase, type TempDir } from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { sluice, sluiceJson, type Report, type SluiceOptions } from './sluice';

let dir: TempDir;
let database: FreshDatabase;
let on: SluiceOptions;
let backups: string;
beforeAll(async () => {
  [dir, database] = await Promise.all([tempDir(), freshDatabase()]);
  const legacy = path.join(dir.path, 'legacy');
  backups = path.join(dir.path, 'backups');
  makeSampleTree({ dir: legacy, seed: 3, rows: 1_500, hazards: false });
  on = { database: database.url, legacy };
  expect(await sluice(['migrate', '--progress', 'none'], on)).toMatchObject({ code: 0 });
});
afterAll(() => Promise.all([database.drop(), dir.remove()]));

type Records = { id: string; kind: string; restoredAt: string | null }[];
const list = async (): Promise<Records> => (await sluiceJson<Records>(['backup', 'list'], on)).document;

it('lists nothing of a backup that was killed, and the next one takes its remains away', async () => {
  let [killed, started] = [false, 0];
  const args = ['backup', 'create', '--to', backups, '--progress', 'json'];
  await sluice(args, {
    ...on,
    onOutput: (_stdout, stderr) => {
      if (killed || !stderr.includes('"item":"cache/')) return;
      killed = true;
      process.kill(started, 'SIGKILL');
    },
    onStart: (pid) => (started = pid),
  });
  expect(readdirSync(backups).map((name) => path.extname(name))).toEqual(['.partial']);
  expect(await list()).toEqual([]);
  expect(await sluice(args, on)).toMatchObject({ code: 0 });
  expect(readdirSync(backups).map((name) => path.extname(name))).toEqual(['']);
});

it('brings back what verifies as equal, and refuses what was damaged', async () => {
  const [{ id } = { id: '' }] = await list();
  expect(await sluice(['backup', 'rehearse', id], on)).toMatchObject({ code: 0 });
  expect((await list()).map(({ kind, restoredAt }) => [kind, typeof restoredAt])).toEqual([['postgres', 'string'], ['legacy', 'string']]); // prettier-ignore

  const target = await freshDatabase({ migrated: false });
  const files = path.join(dir.path, 'restored');
  const restore = ['backup', 'restore', path.join(backups, id), '--into', target.url, '--files', files];
  // Without DATABASE_URL: in an emergency it may be what was lost.
  expect(await sluice(restore)).toMatchObject({ code: 0 });
  const verified = await sluiceJson<Report>(['verify', '--progress', 'none'], { database: target.url, legacy: files });
  expect([verified.code, verified.document.tables.every(({ verification }) => verification?.clean !== false)]).toEqual([
    0,
    true,
  ]);
  expect(await sluice(restore)).toMatchObject({ code: 3, stderr: expect.stringContaining('BACKUP_TARGET_NOT_EMPTY') });
  await target.drop();

  truncateSync(path.join(backups, id, 'legacy', readdirSync(path.join(backups, id, 'legacy'))[0]!), 100);
  for (const act of ['check', 'rehearse']) {
    expect(await sluice(['backup', act, id], on)).toMatchObject({ code: 5, stderr: expect.stringContaining('is cut off: 100 bytes of') }); // prettier-ignore
  }
  expect((await list()).map(({ restoredAt }) => restoredAt)).toEqual([null, null]);
});

it('says what is missing, with true exit codes', async () => {
  expect(await sluice(['backup', 'check', 'none'], on)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('BACKUP_NOT_FOUND'),
  });
  expect(await sluice(['backup', 'restore', 'none', '--to', backups], on)).toMatchObject({ code: 2 });
  expect(await sluice(['archive', 'create', '--to', backups], on)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('ARCHIVE_NOT_CLOSED'),
  });
  expect(await sluice(['archive', 'remove-originals', '--yes'], on)).toMatchObject({ code: 3 });
});

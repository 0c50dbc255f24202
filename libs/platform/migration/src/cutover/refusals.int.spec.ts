import { copyFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { DomainError } from '@sluice/core';
import { connectedClient, tempDir, type TempDir } from '@sluice/testing';
import { advance, close, rollBack } from './change-mode';
import { CutoverBench, picksDomain, runsDomain } from './cutover.fixture';
import { open, shut, type Gate } from './gate';
import { GATES } from './gates';
import { rehearse } from './rehearse';
import { outcomes, picks } from '../follow/follow.fixture';

let cutover: CutoverBench;
beforeEach(async () => {
  cutover = await CutoverBench.open();
});
afterEach(() => cutover.close());

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
  );

/** With a follower before both sides write, as the checklist asks for. */
async function toCutover(domains = [runsDomain]): Promise<void> {
  await advance({ ...cutover.options({ domains }), to: 'legacy' });
  await cutover.bench.follow();
  for (const step of ['dual', 'shadow', 'cutover'] as const)
    await advance({ ...cutover.options({ domains }), to: step });
}

describe('the first step', () => {
  it('is refused while PostgreSQL has rows that no file has: the follower would overwrite them', async () => {
    await cutover.client.query(
      `INSERT INTO runs (name, made_at) VALUES ('acknowledged', now()); UPDATE runs SET name = 'changed' WHERE id = 1`,
    );
    await expect(advance({ ...cutover.options(), to: 'legacy' })).rejects.toMatchObject({
      ...{ code: 'CUTOVER_FILE_DIFFERS', remedy: expect.stringContaining('--recheck') },
      message: expect.stringMatching(/runs 1 name differs\n {2}runs 4 is in PostgreSQL alone$/),
    });
    expect(await cutover.mode()).toBeNull();
  });

  it('takes what the legacy program has written since the copy for no difference, followed or not', async () => {
    cutover.bench.legacy.exec(
      `INSERT INTO runs (name, made_at) VALUES ('since', '2026-11-05 00:00:00'); DELETE FROM runs WHERE id = 1`,
    );
    await advance({ ...cutover.options(), to: 'legacy' });
    await cutover.bench.follow();
    cutover.bench.legacy.exec(`UPDATE picks SET note = 'since' WHERE id = 1`);
    await advance({ ...cutover.options({ domains: [picksDomain] }), to: 'legacy' });
    expect([await cutover.mode(), await cutover.mode('picks')]).toEqual(['legacy', 'legacy']);
  });
});

describe('a copy of the file', () => {
  let copy: TempDir;
  beforeEach(async () => {
    copy = await tempDir();
    await advance({ ...cutover.options(), to: 'legacy' });
    await cutover.bench.follow();
    copyFileSync(cutover.bench.file, path.join(copy.path, 'legacy.db'));
  });
  afterEach(() => copy.remove());

  it('gets no ids, and nothing is closed or brought back over it: it is not what the legacy program goes on with', async () => {
    const root = copy.path;
    expect(await codeOf(advance({ ...cutover.options({ root }), to: 'dual' }))).toBe('CUTOVER_OTHER_FILE');
    for (const to of ['dual', 'shadow', 'cutover'] as const) await advance({ ...cutover.options(), to });
    expect(await codeOf(close(cutover.options({ root })))).toBe('CUTOVER_OTHER_FILE');
    expect(await codeOf(rollBack(cutover.options({ root })))).toBe('CUTOVER_OTHER_FILE');
    expect(await cutover.mode()).toBe('cutover');
  });

  it('is not what a rehearsal counts for', async () => {
    const rehearsal = { version: '0', writeBacks: [], migrationsDir: path.resolve(__dirname, '../../../../../prisma/migrations') }; // prettier-ignore
    const onCopy = () => rehearse({ ...cutover.options({ root: copy.path }), ...rehearsal });
    expect(await codeOf(onCopy())).toBe('CUTOVER_OTHER_FILE');
    await cutover.client.query('DELETE FROM migration_follow');
    await expect(onCopy()).rejects.toThrow(/is not the file that `sluice migrate` has copied/);
    expect((await cutover.client.query('SELECT 1 FROM migration_rehearsals')).rows).toEqual([]);
  });

  it('that is verified opens no gate, and whoever verifies it is told', async () => {
    const gates = GATES.filter(({ name }) => name === 'verification');
    const step = { ...cutover.options({ gates }), to: 'dual' as const };
    // Later than what the copying itself has proven of the file.
    await cutover.client.query("UPDATE migration_runs SET started_at = started_at - interval '2 days'");
    expect(await codeOf(advance(step))).toBe('CUTOVER_GATE_SHUT');
    const { notes, exitCode } = await cutover.bench.migrate('verify', { root: copy.path });
    expect([exitCode, notes]).toEqual([4, [expect.stringContaining('is not the file that `sluice follow` follows')]]);
    expect(await codeOf(advance(step))).toBe('CUTOVER_GATE_SHUT');
    expect((await cutover.bench.migrate('verify')).notes).toEqual([]);
    await advance(step);
    expect(await cutover.mode()).toBe('dual');
  });
});

it('says what brings a file back that is away, and goes on when it is there', async () => {
  await toCutover();
  const away = `${cutover.bench.file}.away`;
  renameSync(cutover.bench.file, away);
  for (const step of [rollBack, close])
    await expect(step(cutover.options())).rejects.toMatchObject({
      ...{ code: 'CUTOVER_FILE_AWAY', message: expect.stringContaining('runs: ') },
      remedy: expect.stringMatching(/^Put it back where it was.* --file /),
    });
  expect(await cutover.mode()).toBe('cutover');
  renameSync(away, cutover.bench.file);
  await rollBack(cutover.options());
  expect(await cutover.mode()).toBe('legacy');
});

it('is not closed over a row in quarantine that the legacy program has mended just now', async () => {
  const domains = [picksDomain];
  await toCutover(domains);
  cutover.bench.legacy.exec(`UPDATE outcomes SET uuid = 'u1' WHERE uuid = 'nobody'`);
  await expect(close(cutover.options({ domains }))).rejects.toMatchObject({
    ...{ code: 'CUTOVER_FILE_DIFFERS' },
    message: expect.stringContaining('outcomes 2 was set aside, and has changed since'),
  });
  await cutover.bench.follow();
  await close(cutover.options({ domains }));
  expect(await cutover.bench.rows('SELECT uuid FROM outcomes')).toEqual([['u1'], ['u1']]);
});

it('says that it is busy where a reader keeps the triggers from going, and closes when that has ended', async () => {
  await toCutover();
  const reader = await connectedClient(cutover.bench.database.url);
  try {
    await reader.query('BEGIN; SELECT count(*) FROM runs');
    expect([await codeOf(close(cutover.options({ waitMs: 1 }))), await cutover.mode()]).toEqual([
      'DOMAIN_BUSY',
      'cutover',
    ]);
  } finally {
    await reader.end();
  }
  await close(cutover.options());
  expect(await cutover.mode()).toBe('new');
});

it('says who keeps the audit log locked, and what to do', async () => {
  await toCutover();
  const other = await connectedClient(cutover.bench.database.url);
  try {
    await other.query(`SET application_name = 'a report'; BEGIN; LOCK TABLE migration_audit IN SHARE MODE`);
    const { rows } = await other.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const { pid } = rows[0]!;
    await expect(rollBack(cutover.options())).rejects.toMatchObject({
      ...{ code: 'AUDIT_LOCK_HELD', kind: 'refused' },
      message: expect.stringMatching(
        `^Somebody else keeps the audit log locked: a report \\(pid ${pid}, role .*, in a transaction since .*\\)\\.`,
      ),
      remedy: `Let it end, or end it (SELECT pg_terminate_backend(${pid})); then run the same command again.`,
    });
  } finally {
    await other.end();
  }
  expect(await cutover.mode()).toBe('cutover');
  await rollBack(cutover.options());
  expect(await cutover.mode()).toBe('legacy');
});

describe('what a person was shown', () => {
  it('is what is done: another step, or a gate that was shut then, is refused', async () => {
    let isOpen = false;
    const gate: Gate = {
      ...{ name: 'late', about: 'it opens', before: ['dual'], isAskedAgain: false },
      check: () => Promise.resolve(isOpen ? open('open by now') : shut('shut as yet', 'Wait.')),
    };
    const asked = { ...cutover.options({ gates: [gate] }), to: null };
    const first = await advance({ ...asked, dryRun: true });
    await advance(asked); // By somebody else.
    expect(await advance({ ...asked, shown: first })).toMatchObject([{ to: 'legacy', changed: false }]);
    const second = await advance({ ...asked, dryRun: true });
    isOpen = true;
    expect(await codeOf(advance({ ...asked, shown: second }))).toBe('CUTOVER_GATE_SHUT');
    expect(await cutover.mode()).toBe('legacy');
    await advance({ ...asked, shown: await advance({ ...asked, dryRun: true }) });
    expect(await codeOf(advance({ ...asked, shown: first }))).toBe('DOMAIN_MODE_CHANGED');
    expect(await cutover.mode()).toBe('dual');
  });
});

it('names what settles a conflict that keeps a rollback waiting', async () => {
  await advance({ ...cutover.options(), to: 'legacy' });
  await cutover.bench.follow();
  await advance({ ...cutover.options(), to: 'dual' });
  await cutover.client.query(`UPDATE runs SET name = 'api' WHERE id = 1`);
  cutover.bench.legacy.exec(`UPDATE runs SET name = 'legacy' WHERE id = 1`);
  await cutover.bench.follow();
  await expect(rollBack(cutover.options())).rejects.toMatchObject({
    remedy: expect.stringContaining('divergences settle'),
  });
});

it('comes back beside a legacy program and an API that never rest', async () => {
  await toCutover();
  const { ended, stop } = cutover.bench.start();
  let isOver = false;
  const write = async (): Promise<void> => {
    for (let n = 0; !isOver; n++) {
      cutover.bench.legacy.exec(`INSERT INTO runs (name, made_at) VALUES ('legacy', '2026-11-01 00:00:00')`);
      await cutover.client.query(`UPDATE runs SET name = 'api ${n}', payload = '{"n": 1.10}' WHERE id = 1`);
    }
  };
  const writing = codeOf(write());
  await cutover.bench.until(async () => (await cutover.bench.rows('SELECT 1 FROM runs')).length > 100);
  expect(await codeOf(rollBack(cutover.options({ waitMs: 20_000 })))).toBe('done');
  isOver = true;
  expect(await writing).toMatch(/the domain runs is in mode legacy/);
  stop();
  await ended.catch(() => undefined);
  expect(await cutover.bench.differences()).toEqual([]);
});

it.each([
  ['was killed, so that its state stays as it was', `state = 'following'`],
  ['has failed', `state = 'failed', reason = 'FOLLOW_LOST'`],
])('does not wait for one that follows other tables after one that %s, and says what to do', async (_how, state) => {
  await toCutover();
  await cutover.client.query(`UPDATE migration_follow SET ${state} WHERE table_name = 'runs'`);
  await cutover.client.query(`UPDATE runs SET name = 'waits' WHERE id = 1`);
  const { ended, stop } = cutover.bench.start({ tables: [picks, outcomes] });
  await cutover.bench.until(async () => (await followedNow()).includes('picks'));
  await expect(rollBack(cutover.options())).rejects.toMatchObject({
    ...{ code: 'CUTOVER_NOT_CARRIED_BACK', remedy: expect.stringMatching(/^End that `sluice follow`, and try again/) },
    message: expect.stringMatching(
      /1 write, and sluice follow a test, since .* does not follow runs( \(failed with FOLLOW_LOST\))?\./,
    ),
  });
  stop();
  await ended.catch(() => undefined);
  await rollBack(cutover.options());
  expect([cutover.names()[0], await cutover.mode()]).toEqual(['waits', 'legacy']);

  async function followedNow(): Promise<unknown[]> {
    const sql = `SELECT table_name FROM migration_follow WHERE state = 'following' AND seen_at > now() - interval '1 s'`;
    return (await cutover.bench.rows(sql)).flat();
  }
});

it('says of a restored database that it lacks what is in the file, and not to take that out', async () => {
  await toCutover();
  await cutover.client.query(`INSERT INTO runs (name, made_at) VALUES ('acknowledged', now())`);
  await cutover.bench.follow();
  await cutover.client.query(
    `SET sluice.writer = 'follow'; DELETE FROM runs WHERE name = 'acknowledged'; SET sluice.writer = ''`,
  );
  expect(await codeOf(rollBack(cutover.options()))).toBe('CUTOVER_FILE_DIFFERS');
  await cutover.client.query(`UPDATE migration_follow SET detail = jsonb_set(detail, '{sent}', 'null')`);
  for (const step of [rollBack, close]) expect(await codeOf(step(cutover.options()))).toBe('FOLLOW_DATABASE_OLDER');
  expect(await cutover.mode()).toBe('cutover');
});

it('names those that can go back, where not all of them can', async () => {
  await toCutover();
  const domains = [picksDomain, runsDomain];
  await expect(rollBack(cutover.options({ domains }))).rejects.toMatchObject({
    ...{ code: 'CUTOVER_NO_SUCH_STEP', message: expect.stringMatching(/^The domain picks is in no mode/) },
    remedy: 'Name those that can: --domain runs.',
  });
  expect(await cutover.mode()).toBe('cutover');
});

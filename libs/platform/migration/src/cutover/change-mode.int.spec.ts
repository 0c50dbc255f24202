import { DomainError } from '@sluice/core';
import { connectedClient } from '@sluice/testing';
import { InterruptedError } from '../state/migration.errors';
import { advance, close, rollBack } from './change-mode';
import { CutoverBench, picksDomain, runsDomain } from './cutover.fixture';
import { FileAwayError } from './cutover.errors';
import { open, shut, type Gate } from './gate';
import { planCutover } from './plan';

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

/** Step by step to this mode. */
async function to(mode: 'legacy' | 'dual' | 'shadow' | 'cutover', domains = [runsDomain]): Promise<void> {
  for (const step of ['legacy', 'dual', 'shadow', 'cutover'] as const) {
    await advance({ ...cutover.options({ domains }), to: step });
    if (step === mode) return;
  }
}

it('goes one step at a time, and the same command again changes nothing', async () => {
  const step = { ...cutover.options(), to: 'legacy' as const };
  expect(await advance(step)).toEqual([{ domain: 'runs', from: null, to: 'legacy', changed: true, gates: [] }]);
  expect(await advance(step)).toEqual([{ domain: 'runs', from: 'legacy', to: 'legacy', changed: false, gates: [] }]);
  expect(await codeOf(advance({ ...step, to: 'shadow' }))).toBe('CUTOVER_NO_SUCH_STEP');
  expect(await codeOf(cutover.client.query("UPDATE runs SET name = 'x'"))).toMatch(/the domain runs is in mode legacy/);
  await advance({ ...step, to: null });
  await cutover.client.query("UPDATE runs SET name = 'x' WHERE id = 1");
  expect(await cutover.mode()).toBe('dual');
  expect(await cutover.audit()).toEqual(['cutover.advanced runs', 'cutover.advanced runs']);
});

it('says before the first step and the close that every row is compared, while others write and once more while they wait', async () => {
  const acts = async (): Promise<string[]> => {
    const { probes } = cutover.options();
    const [plan] = await planCutover({ client: cutover.client, domains: [runsDomain], probes });
    return plan!.acts.filter((act) => act.startsWith('Compare')).map((act) => act.split(':')[0]!);
  };
  const twice = [
    'Compare every row with its file while everybody writes',
    'Compare what has changed since while writers wait; everything again where something differs.',
  ];
  expect(await acts()).toEqual(twice);
  await to('shadow');
  expect(await acts()).toEqual([]);
  await advance({ ...cutover.options(), to: 'cutover' });
  expect(await acts()).toEqual(twice);
});

it('takes all chosen domains on, or none', async () => {
  await to('legacy');
  const both = cutover.options({ domains: [runsDomain, picksDomain] });
  expect(await codeOf(advance({ ...both, to: 'dual' }))).toBe('CUTOVER_NO_SUCH_STEP');
  expect([await cutover.mode(), await cutover.mode('picks')]).toEqual(['legacy', null]);
  await advance({ ...both, to: null });
  expect([await cutover.mode(), await cutover.mode('picks')]).toEqual(['dual', 'legacy']);
});

it('changes nothing where a gate is shut, also where it shuts at the last moment', async () => {
  let asked = 0;
  const gate: Gate = {
    ...{ name: 'test', about: 'it was asked once', before: ['legacy'], isAskedAgain: true },
    check: () => Promise.resolve(++asked > 1 ? shut('asked again', 'Ask less.') : open('asked once')),
  };
  const step = { ...cutover.options({ gates: [gate] }), to: 'legacy' as const };
  await expect(advance(step)).rejects.toMatchObject({ code: 'CUTOVER_GATE_SHUT', remedy: 'test: Ask less.' });
  expect(asked).toBe(2);
  await expect(advance(step)).rejects.toThrow('runs: test: asked again');
  expect([await cutover.mode(), await cutover.audit()]).toEqual([null, []]);
});

it('shuts one gate for what PostgreSQL says to it at the last moment, and no other', async () => {
  const asked = { about: 'it is asked twice', before: ['legacy'] as const, isAskedAgain: true };
  let times = 0;
  const failing: Gate = {
    ...{ ...asked, name: 'failing' },
    check: async ({ client }) => {
      await client.query(++times > 1 ? 'SELECT 1 / 0' : 'SELECT 1');
      return open('asked');
    },
  };
  const sound: Gate = {
    ...{ ...asked, name: 'sound' },
    check: async ({ client }) => {
      await client.query('SELECT 1');
      return open('asked');
    },
  };
  const gates = [failing, sound];
  await expect(advance({ ...cutover.options({ gates }), to: 'legacy' })).rejects.toMatchObject({
    shut: ['runs: failing: could not be checked: division by zero'],
  });
  expect(await cutover.mode()).toBeNull();
});

it('comes back with every write since, as the legacy program would have written it', async () => {
  await to('cutover');
  await cutover.client.query(`UPDATE runs SET name = 'changed', cost = 3.5 WHERE id = 1; DELETE FROM runs WHERE id = 2;
    INSERT INTO runs (name, made_at) VALUES ('new', '2026-11-03 10:00:00+00')`);
  expect(await rollBack(cutover.options())).toEqual([
    { domain: 'runs', from: 'cutover', to: 'legacy', changed: true, gates: [] },
  ]);
  expect(cutover.names()).toEqual(['changed', 'new']);
  expect(cutover.bench.inFile("SELECT made_at, cost FROM runs WHERE name <> 'no time' ORDER BY id")).toEqual([
    ['2026-11-01 00:00:00', 3.5],
    ['2026-11-03 10:00:00', null],
  ]);
  expect(await cutover.mode()).toBe('legacy');
  expect((await rollBack(cutover.options()))[0]?.changed).toBe(false);
  expect((await cutover.audit()).at(-1)).toBe('cutover.rolled-back runs');
});

describe('a number that PostgreSQL has in a form that the legacy program does not write', () => {
  /** As a row is left whose table was locked when it was carried. */
  const unseen = (changes: string): Promise<unknown> =>
    cutover.client.query(`SET session_replication_role = replica; UPDATE runs SET ${changes} WHERE id = 1;
      SET session_replication_role = origin`);
  const inTarget = () => cutover.bench.rows('SELECT ratio::text, payload::text FROM runs WHERE id = 1');
  beforeEach(async () => {
    await to('cutover');
    await cutover.client.query(`UPDATE runs SET payload = '{"a": 1.10}', ratio = 0 WHERE id = 1`);
    await cutover.bench.follow();
    await unseen(`payload = '{"a": 1.100}', ratio = '-0'`);
  });

  it('is the same number, and takes the form of the file on the way back', async () => {
    await rollBack(cutover.options());
    expect(cutover.bench.inFile('SELECT ratio, payload FROM runs WHERE id = 1')).toEqual([[0, '{"a": 1.1}']]);
    expect([await inTarget(), await cutover.mode()]).toEqual([[['0', '{"a": 1.1}']], 'legacy']);
  });

  it('hides no other value of its row', async () => {
    await unseen('ratio = 7');
    await expect(rollBack(cutover.options())).rejects.toThrow(/not changed.\n {2}runs 1 ratio differs$/);
    expect(await inTarget()).toEqual([['7', '{"a": 1.100}']]);
  });
});

it('does not come back without a row that the file refused, and names it', async () => {
  await to('dual');
  await cutover.client.query(`UPDATE runs SET name = 'x' WHERE id = 1;
    UPDATE migration_outbox SET dead_at = now(), error = 'WRITE_BACK_REFUSED runs.name'`);
  const failure = rollBack(cutover.options());
  await expect(failure).rejects.toThrow('the legacy file refused rows:\n  runs 1: WRITE_BACK_REFUSED runs.name');
  expect([await codeOf(rollBack(cutover.options())), await cutover.mode()]).toEqual([
    'CUTOVER_NOT_CARRIED_BACK',
    'dual',
  ]);
});

it('does not come back to a file that is not what PostgreSQL holds', async () => {
  await to('shadow');
  // What no trigger saw: a restored table, a session that went past the guard.
  await cutover.client.query(`SET session_replication_role = replica; UPDATE runs SET name = 'unseen' WHERE id = 2;
    DELETE FROM runs WHERE id = 1; SET session_replication_role = origin`);
  await expect(rollBack(cutover.options())).rejects.toMatchObject({
    ...{ code: 'CUTOVER_FILE_DIFFERS', kind: 'differs' },
    message: expect.stringMatching(/runs 1 is in the file alone\n {2}runs 2 name differs$/),
  });
  expect(await cutover.mode()).toBe('shadow');
});

it('takes what the legacy program has written just now for no difference, unless it is the end of the way', async () => {
  await to('legacy');
  await cutover.bench.follow();
  await advance({ ...cutover.options(), to: 'dual' });
  await advance({ ...cutover.options(), to: 'shadow' });
  await advance({ ...cutover.options(), to: 'cutover' });
  cutover.bench.legacy.exec("UPDATE runs SET name = 'by the legacy program' WHERE id = 1");
  await expect(close(cutover.options())).rejects.toMatchObject({
    code: 'CUTOVER_FILE_DIFFERS',
    remedy: expect.stringMatching(/^Stop the legacy program/),
  });
  await rollBack(cutover.options());
  expect(cutover.names()).toEqual(['by the legacy program', 'b']);
});

it('is closed for good', async () => {
  await to('shadow');
  expect(await codeOf(close(cutover.options()))).toBe('CUTOVER_NO_SUCH_STEP');
  await advance({ ...cutover.options(), to: 'cutover' });
  await cutover.client.query("UPDATE runs SET name = 'last' WHERE id = 2");
  await close(cutover.options());
  expect([cutover.names(), await cutover.mode()]).toEqual([['a', 'last'], 'new']);
  expect((await close(cutover.options()))[0]?.changed).toBe(false);
  expect(await codeOf(rollBack(cutover.options()))).toBe('CUTOVER_NO_SUCH_STEP');
});

it('is verified in every mode, with rows in quarantine that only PostgreSQL refuses', async () => {
  const domains = [picksDomain];
  for (const mode of ['legacy', 'dual', 'shadow', 'cutover'] as const) {
    await advance({ ...cutover.options({ domains }), to: mode });
    expect([mode, (await cutover.bench.migrate('verify')).exitCode]).toEqual([mode, 4]);
  }
  await cutover.client.query("UPDATE picks SET note = 'x' WHERE id = 2");
  await close(cutover.options({ domains }));
  expect((await cutover.bench.migrate('verify')).exitCode).toBe(4);
});

it('refuses a second operator, and names the first', async () => {
  const seen: string[] = [];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const gate: Gate = {
    ...{ name: 'slow', about: 'it is let go', before: ['legacy'], isAskedAgain: false },
    check: () => held.then(() => open('let go')),
  };
  const first = advance({ ...cutover.options({ gates: [gate], onPoint: (point) => seen.push(point) }), to: 'legacy' });
  await cutover.bench.until(() => seen.includes('locked'));
  const second = advance({ ...cutover.options({ by: 'Ravi' }), to: 'legacy' });
  await expect(second).rejects.toMatchObject({
    ...{ code: 'CUTOVER_LOCK_HELD', message: expect.stringContaining('sluice cutover Anna test@here pid 1, since') },
  });
  release();
  expect((await first)[0]?.changed).toBe(true);
});

it('gives a writer that never pauses up, and leaves the mode as it was', async () => {
  await to('dual');
  const writer = await connectedClient(cutover.bench.database.url);
  try {
    await writer.query("BEGIN; UPDATE runs SET name = 'half' WHERE id = 1");
    const failure = codeOf(rollBack(cutover.options({ waitMs: 100 })));
    expect([await failure, await cutover.mode()]).toEqual(['DOMAIN_BUSY', 'dual']);
    await writer.query('COMMIT');
  } finally {
    await writer.end();
  }
  await rollBack(cutover.options());
  expect(cutover.names()).toEqual(['half', 'b']);
});

it('carries where nobody follows, also beside a legacy program for which that never ends', async () => {
  await to('cutover');
  await cutover.client.query("UPDATE runs SET name = 'changed' WHERE id = 1");
  const endless = async (signal: AbortSignal): Promise<void> => {
    await cutover.drain();
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    throw new InterruptedError();
  };
  expect((await rollBack(cutover.options({ carry: endless })))[0]?.to).toBe('legacy');
  expect(cutover.names()).toEqual(['changed', 'b']);
});

it('does not come back where nobody follows and nothing can be carried, and says why', async () => {
  await to('cutover');
  await cutover.client.query("UPDATE runs SET name = 'changed' WHERE id = 1");
  const refused = cutover.options({ carry: () => Promise.reject(new FileAwayError(['runs: no file'])) });
  expect([await codeOf(rollBack(refused)), await cutover.mode()]).toEqual(['CUTOVER_FILE_AWAY', 'cutover']);
  const idle = cutover.options({ waitMs: 400, carry: () => Promise.resolve() });
  expect([await codeOf(rollBack(idle)), await cutover.mode()]).toEqual(['CUTOVER_NOT_CARRIED_BACK', 'cutover']);
  await cutover.client.query(`UPDATE migration_outbox SET attempts = 1, error = 'WRITE_BACK_NOT_WRITABLE'`);
  await expect(rollBack(idle)).rejects.toThrow('1 write (the last attempt: WRITE_BACK_NOT_WRITABLE)');
});

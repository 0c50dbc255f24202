import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freshDatabase, tempDir, type FreshDatabase, type TempDir } from '@sluice/testing';
import { Client } from 'pg';
import { tagOf } from '../../backup/backup-options';
import type { Mode } from '../../domains/domain';
import { twoWayState } from '../../domains/two-way-state';
import { picks, runs } from '../../follow/follow.fixture';
import { mappingDigest } from '../../run/mapping-digest';
import { approve } from '../approvals';
import { evaluate, type Gate, type GateContext } from '../gate';
import { POLICY, type CutoverPolicy } from '../policy';
import { reviewQuarantine } from '../quarantine-review';
import { markFollow } from '../../follow/follow-state';
import { acceptAudit, appendAuditWithin, auditState } from '../../state/audit';
import { startRun } from '../../state/run-state';
import { thisDatabase, type ThisDatabase } from '../../state/this-database';
import { domainDigest } from '../rehearsals';
import { GATES } from '.';

const domain = { name: 'runs', tables: [runs, picks] };
const policy = Object.fromEntries(Object.entries(POLICY).map(([name, { byDefault }]) => [name, byDefault])) as CutoverPolicy; // prettier-ignore

let database: FreshDatabase;
let client: Client;
let other: Client;
beforeAll(async () => {
  database = await freshDatabase();
  [client, other] = [new Client({ connectionString: database.url }), new Client({ connectionString: database.url, application_name: 'sluice follow test' })]; // prettier-ignore
  await Promise.all([client.connect(), other.connect()]);
  own = await thisDatabase(client);
  await client.query(`CREATE TABLE runs (id bigserial PRIMARY KEY, name text, made_at timestamptz(6) NOT NULL, ratio float8, cost numeric(20, 8), payload jsonb);
    CREATE TABLE picks (id bigserial PRIMARY KEY, uuid text NOT NULL, note text)`);
});
afterAll(async () => {
  await Promise.all([client.end(), other.end()]);
  await database.drop();
});
beforeEach(() => client.query('BEGIN'));
afterEach(async () => {
  await client.query('ROLLBACK');
  await other.query('SELECT pg_advisory_unlock_all()');
});

const gateOf = (name: string): Gate => GATES.find((gate) => gate.name === name)!;

/** What a person reads of a gate: `open: why`, or `shut: why`. */
async function ask(name: string, over: Partial<GateContext> = {}): Promise<string> {
  const context: GateContext = {
    ...{ client, domain, state: null, step: { from: 'shadow', to: 'cutover' }, policy },
    audit: () => auditState(client),
    probes: {
      schema: () => Promise.resolve({ applied: ['1_init', '2_more'], pending: [], failed: [], changed: [] }),
      redis: () => Promise.resolve([]),
    },
    ...over,
  };
  const { passed, evidence, remedy } = await evaluate(gateOf(name), context);
  expect(remedy === null).toBe(passed);
  return `${passed ? 'open' : 'shut'}: ${evidence}`;
}

async function copied(): Promise<void> {
  for (const table of domain.tables)
    await client.query(
      `INSERT INTO migration_tables (name, plan, status, lane, source_path, fingerprint, mapping_digest, choices, rows_source, rows_copied, copied_at)
       VALUES ($1, $2, 'copied', 'sql', 'legacy.db', '{}', $3, '{}', 5, 5, now() - interval '2 hours')`,
      [table.name, randomUUID(), mappingDigest(table)],
    );
}

interface Run {
  readonly minutesAgo: number;
  readonly tables?: readonly string[];
  readonly clean?: boolean;
  readonly status?: 'finished' | 'failed' | 'interrupted';
  readonly sums?: boolean;
  readonly nextId?: boolean;
  readonly command?: 'migrate' | 'verify';
  readonly file?: object | null;
  readonly database?: object | null;
}

/** The database of these tests. */
let own: ThisDatabase;

const FILE = { device: '1', inode: '2', log: 'g1' };

/** A verification as the engine records it. */
async function verified({
  minutesAgo,
  tables = ['runs', 'picks'],
  clean = true,
  status = 'finished',
  sums = true,
  nextId = true,
  command = 'verify',
  file = FILE,
  database = own,
}: Run): Promise<void> {
  const id = randomUUID();
  const report = {
    database,
    tables: tables.map((table) => ({ table, file, outcome: command === 'migrate' ? 'loaded' : 'checked', rowsTarget: 5, verification: { clean }, totals: [{ equal: sums }], nextId: { unused: nextId } })), // prettier-ignore
  };
  await client.query(
    `INSERT INTO migration_runs (id, command, holder, version, started_at, finished_at, status, exit_code, report)
     VALUES ($1, $5, 'x', '0', now() - make_interval(mins => $2), now() - make_interval(mins => $2) + interval '30 s', $3, 0, $4)`,
    [id, minutesAgo, status, status === 'finished' ? JSON.stringify(report) : '{"error": {}}', command],
  );
  for (const table of tables)
    await client.query(
      `INSERT INTO migration_verifications (run_id, table_name, started_at, finished_at, rows_source, rows_target, rows_quarantined, rows_skipped, differences, digest, clean)
       VALUES ($1, $2, now(), now(), 5, 5, 0, 0, $3, '', $4)`,
      [id, table, clean ? 0 : 3, clean],
    );
}

/** By its change log, in a file of that inode. */
const followed = (inode: string): Promise<unknown> =>
  client.query(
    `INSERT INTO migration_follow (table_name, plan, source_path, feed, generation, position, run, holder, state, detail)
     SELECT name, plan, 'legacy.db', 'change-log', 'g1', 1, gen_random_uuid(), 'x', 'following', $1 FROM migration_tables`,
    [JSON.stringify({ device: '1', inode })],
  );

/** What a person or a program does while the server's clock is behind what was dated. */
const seeing: [string, () => Promise<unknown>][] = [
  ['the gates were asked', () => Promise.all([ask('verification'), ask('backup')])],
  ['a follower has said that it is alive', () => markFollow(client, randomUUID(), [], { lagRows: 0 })],
  ['anything was recorded', () => appendAuditWithin(client, { actor: 'x', action: 'y', subject: 'z', detail: {} })],
];

describe('schema', () => {
  it('is open where every migration is applied and the tables are as mapped', async () => {
    expect(await ask('schema')).toBe('open: 2 migrations applied');
  });
  it.each([
    [{ pending: ['3'] }, /^shut: pending: 3/],
    [{ failed: ['3'] }, /^shut: failed: 3/],
    [{ changed: ['1_init'] }, /^shut: applied in another form than this release has: 1_init/],
  ])('is shut for %j', async (over, answer) => {
    const schema = () => Promise.resolve({ applied: ['1'], pending: [], failed: [], changed: [], ...over });
    expect(await ask('schema', { probes: { schema, redis: () => Promise.resolve([]) } })).toMatch(answer);
  });
  it('is shut where a table is not what its mapping writes, and where nothing can be known', async () => {
    await client.query('ALTER TABLE runs DROP COLUMN ratio');
    expect(await ask('schema')).toMatch(/^shut: could not be checked: .*runs.ratio: missing/s);
    const schema = () => Promise.reject(new Error('no answer'));
    expect(await ask('schema', { probes: { schema, redis: () => Promise.resolve([]) } })).toBe('shut: could not be checked: no answer'); // prettier-ignore
  });
});

describe('audit', () => {
  const noted = (): Promise<void> =>
    appendAuditWithin(client, { actor: 'Anna', action: 'x', subject: 'y', detail: {} });
  const ofTheTest = (): Client =>
    Object.assign(Object.create(client) as Client, {
      query: (...args: Parameters<Client['query']>) => /^(BEGIN|COMMIT)$/.test(String(args[0])) ? Promise.resolve() : client.query(...args), // prettier-ignore
    });
  const accepted = () => acceptAudit(ofTheTest(), { by: 'Anna', reason: 'looked into' });

  it('is asked before every step, and is open where the log is whole', async () => {
    expect(gateOf('audit').before).toEqual(['legacy', 'dual', 'shadow', 'cutover', 'new']);
    await noted();
    expect([await ask('audit'), await accepted()]).toEqual(['open: whole', []]);
  });
  it.each([
    ['an entry was changed', `UPDATE migration_audit SET actor = 'Ravi' WHERE seq = 2`, '2'],
    ['one was taken out', 'DELETE FROM migration_audit WHERE seq = 2', '3'],
    ['the last were cut off', 'DELETE FROM migration_audit WHERE seq > 2', '3 to 4'],
    ['one was forged', `UPDATE migration_audit SET actor = 'Ravi', hash = md5('x') WHERE seq = 4`, '4, head'],
    ['a time is no time any more', `UPDATE migration_audit SET at = 'infinity' WHERE seq = 2`, '2'],
    ['a time is too far for a calendar', `UPDATE migration_audit SET at = '290000-01-01' WHERE seq = 2`, '2'],
    ['the head is gone', 'DELETE FROM migration_audit_head', 'head'],
  ])('is shut where %s, until somebody has looked into it, and shut again by the next', async (_what, sql, at) => {
    for (let n = 0; n < 4; n += 1) await noted();
    await client.query(sql);
    const shut = `shut: The audit log is broken at ${at}: somebody changed what was written.`;
    expect(await ask('audit')).toBe(shut);
    expect((await accepted()).join(', ')).toBe(at);
    expect(await ask('audit')).toMatch(/^open: (whole|broken at .*, which somebody has looked into)$/);
    await noted();
    expect(await ask('audit')).toMatch(/^open/);
    await client.query(`UPDATE migration_audit SET subject = 'another' WHERE seq IN (1, 2, 4)`);
    expect(await ask('audit')).toMatch(/^shut/);
  });

  it('is not kept from its answer by an entry that accepts nothing that can be read', async () => {
    for (let n = 0; n < 3; n += 1) await noted();
    await client.query(`UPDATE migration_audit SET actor = 'Ravi' WHERE seq = 2`);
    for (const breaks of [undefined, 'all', [null], [{ at: '2' }]])
      await appendAuditWithin(client, { actor: 'Ravi', action: 'cutover.audit-accepted', subject: 'audit', detail: { breaks } }); // prettier-ignore
    expect(await ask('audit')).toBe('shut: The audit log is broken at 2: somebody changed what was written.');
  });
});

describe('copy', () => {
  it('is open where every table is copied', async () => {
    await copied();
    expect(await ask('copy')).toBe('open: 2 tables, 10 rows');
  });
  it('is shut for a table that is not copied, not to its end, or by another mapping', async () => {
    expect(await ask('copy')).toBe('shut: not migrated: runs, picks');
    await copied();
    await client.query("UPDATE migration_tables SET status = 'copying' WHERE name = 'picks'");
    expect(await ask('copy')).toBe('shut: not copied to its end: picks');
    await client.query("UPDATE migration_tables SET status = 'copied', mapping_digest = 'other'");
    expect(await ask('copy')).toBe('shut: copied by another mapping: runs, picks');
  });
});

describe('verification', () => {
  beforeEach(copied);
  beforeEach(() => followed('2'));

  it('is open after a full clean pass', async () => {
    expect(await ask('verification')).toBe('shut: there was no full clean pass since the copy');
    await verified({ minutesAgo: 10 });
    expect(await ask('verification')).toMatch(/^open: 10 rows equal at /);
  });
  it('counts no pass over a part, none that did not end, none before the copy, and none that is old', async () => {
    await verified({ minutesAgo: 10, tables: ['runs'] });
    await verified({ minutesAgo: 9, tables: ['picks'] });
    await verified({ minutesAgo: 8, status: 'interrupted' });
    await verified({ minutesAgo: 300 });
    await verified({ minutesAgo: -60 });
    expect(await ask('verification')).toBe('shut: there was no full clean pass since the copy');
    await client.query("UPDATE migration_tables SET copied_at = now() - interval '2 days'");
    expect(await ask('verification', { policy: { ...policy, verificationMaxAgeMinutes: 60 } })).toMatch(/^shut: the last full clean pass is of .*, older than 60 minutes/); // prettier-ignore
    expect(await ask('verification')).toMatch(/^open/);
  });
  it.each<[string, Run]>([
    ['a difference', { minutesAgo: 5, clean: false }],
    ['a difference of a run that failed afterwards', { minutesAgo: 5, clean: false, status: 'failed' }],
    ['a difference of one table', { minutesAgo: 5, clean: false, tables: ['picks'] }],
    ['a sum', { minutesAgo: 5, sums: false }],
    ['a next id that was used', { minutesAgo: 5, nextId: false }],
  ])('stays shut after %s until a full clean pass, whatever was retried in part', async (_what, found) => {
    await verified({ minutesAgo: 10 });
    await verified(found);
    expect(await ask('verification')).toMatch(/^shut: differences were found at /);
    await verified({ minutesAgo: 4, tables: ['picks'] });
    await verified({ minutesAgo: 3, status: 'failed' });
    expect(await ask('verification')).toMatch(/^shut: differences were found at /);
    await verified({ minutesAgo: 2 });
    expect(await ask('verification')).toMatch(/^open/);
  });
  it('counts no pass from before the clock was set back, when it has caught up, once something began after it', async () => {
    const caughtUp = () => client.query(`UPDATE migration_runs SET started_at = started_at - interval '1 hour', finished_at = finished_at - interval '1 hour'`); // prettier-ignore
    await verified({ minutesAgo: -30 });
    await startRun(client, { id: randomUUID(), command: 'verify', holder: 'x', version: '0' });
    await caughtUp();
    expect(await ask('verification')).toBe('shut: there was no full clean pass since the copy');
    await verified({ minutesAgo: 20 });
    expect(await ask('verification')).toMatch(/^open/);
  });
  it.each(seeing)('counts no pass of a time to come, when the clock has caught up, once %s', async (_who, sees) => {
    await verified({ minutesAgo: -30 });
    await sees();
    await client.query(
      `UPDATE migration_runs SET started_at = started_at - interval '1 hour', finished_at = finished_at - interval '1 hour'`,
    );
    expect(await ask('verification')).toBe('shut: there was no full clean pass since the copy');
  });
  it('counts no pass that ended before it began', async () => {
    await verified({ minutesAgo: 10 });
    await client.query(`UPDATE migration_runs SET finished_at = started_at - interval '1 second'`);
    expect(await ask('verification')).toMatch(/^shut/);
  });
  it.each<[string, () => Promise<unknown>]>([
    ['a comparison', () => verified({ minutesAgo: -500, clean: false })],
    ['a run that failed afterwards', () => verified({ minutesAgo: -500, clean: false, status: 'failed' })],
    ['sums', () => verified({ minutesAgo: -500, sums: false })],
    [
      'a run that nobody remembers',
      async () => {
        await verified({ minutesAgo: -500, clean: false, tables: ['picks'] });
        await client.query('DELETE FROM migration_runs WHERE started_at > now()');
        await client.query(`UPDATE migration_verifications SET started_at = now() + interval '9 h' WHERE NOT clean`);
      },
    ],
    [
      'a comparison of the live sides',
      () =>
        client.query(
          "INSERT INTO migration_divergences (domain, table_name, row_key, kind, found_at) VALUES ('runs', 'runs', 7, 'unequal', now() + interval '9 h')",
        ),
    ],
  ])(
    'opens again by a full clean pass after a look, where the clock was set back since differences of %s',
    async (_what, found) => {
      await verified({ minutesAgo: 10 });
      await found();
      expect(await ask('verification')).toMatch(/^shut: differences were found at /);
      expect(await ask('verification')).toMatch(/^shut: differences were found at /);
      await verified({ minutesAgo: 0 });
      // The test's transaction began before it looked.
      await client.query(
        'UPDATE migration_runs SET started_at = clock_timestamp(), finished_at = clock_timestamp() WHERE started_at = now()',
      );
      expect(await ask('verification')).toMatch(/^open/);
      const { rows } = await client.query<{ detail: { count: number } }>(
        "SELECT detail FROM migration_audit WHERE action = 'divergences.redated'",
      );
      expect(rows.map(({ detail }) => detail.count)).toEqual([1]);
    },
  );
  it('says that the clock was set back where the copy itself is of a time to come', async () => {
    await client.query("UPDATE migration_tables SET copied_at = now() + interval '1 h' WHERE name = 'picks'");
    await verified({ minutesAgo: 10 });
    expect(await ask('verification')).toMatch(
      /^shut: picks was copied at .*, which is still to come: the clock of PostgreSQL was set back since$/,
    );
  });
  it('is shut by a row that a comparison of the live sides found unequal', async () => {
    await verified({ minutesAgo: 10 });
    await client.query("INSERT INTO migration_divergences (domain, table_name, row_key, kind, settled_at) VALUES ('runs', 'runs', 7, 'unequal', now())"); // prettier-ignore
    expect(await ask('verification')).toMatch(/^shut: .*runs 7: unequal/);
  });
});

describe('the file of a verification', () => {
  beforeEach(copied);
  const copiedFrom = (file: object): Promise<void> => verified({ minutesAgo: 110, command: 'migrate', file });

  it('is the one that is followed, no copy of it, and none with another log', async () => {
    await copiedFrom(FILE);
    await verified({ minutesAgo: 50 });
    expect(await ask('verification')).toMatch(/^open/);
    await followed('7');
    await verified({ minutesAgo: 40, file: { ...FILE, inode: '7', log: 'g0' } });
    await verified({ minutesAgo: 30 });
    expect(await ask('verification')).toMatch(/^shut: the last full clean pass, of .*, did not compare the file that is followed: legacy.db$/); // prettier-ignore
    await verified({ minutesAgo: 20, file: { ...FILE, inode: '7' } });
    await verified({ minutesAgo: 10, file: null });
    expect(await ask('verification')).toMatch(/^open/);
  });
  it('is the copied one before anybody follows, and none where nothing tells which that was', async () => {
    await verified({ minutesAgo: 20 });
    expect(await ask('verification')).toMatch(/^shut: .* did not compare the file that was copied$/);
    await copiedFrom({ ...FILE, inode: '3', log: null });
    await client.query("UPDATE migration_runs SET report = jsonb_set(report, '{tables,0,verification}', 'null') WHERE command = 'migrate'"); // prettier-ignore
    expect(await ask('verification')).toMatch(/^shut: .* did not compare the file that was copied: legacy.db$/);
    await verified({ minutesAgo: 10, file: { ...FILE, inode: '3' } });
    expect(await ask('verification')).toMatch(/^open/);
  });
});

describe('the database of a verification', () => {
  beforeEach(copied);
  beforeEach(() => followed('2'));
  it.each<[string, () => object | null]>([
    ['of the one that a dump was taken of', () => ({ ...own, name: '7305912345678901234 16384' })],
    ['from before a recovery to a point in time', () => ({ ...own, timeline: '00000000' })],
    ['of nobody knows which', () => null],
  ])('is this one, and none %s', async (_which, database) => {
    await verified({ minutesAgo: 10, database: database() });
    expect(await ask('verification')).toMatch(
      /^shut: the last full clean pass, of .*, is not known to be of this very database/,
    );
    await verified({ minutesAgo: 5 });
    expect(await ask('verification')).toMatch(/^open/);
  });
});

describe('quarantine', () => {
  const aside = (key: string) =>
    client.query(`INSERT INTO migration_quarantine (table_name, row_key, reason_code, reason, raw) VALUES ('runs', $1, 'B02', 'why', '{"a": 1}')
      ON CONFLICT (table_name, row_key) DO UPDATE SET raw = '{"a": 1}'`, [key]); // prettier-ignore

  it('is open where it is empty, or each row was reviewed', async () => {
    expect(await ask('quarantine')).toBe('open: empty');
    await aside('1');
    await aside('2');
    const { rows } = await client.query<{ id: string }>('SELECT id FROM migration_quarantine ORDER BY id LIMIT 1');
    await reviewed(rows[0]!.id);
    expect(await ask('quarantine')).toBe('shut: 1 of 2 rows not reviewed');
    expect(await reviewed(null)).toBe(1);
    expect(await ask('quarantine')).toBe('open: 2 rows, all reviewed');
  });
  it('keeps the review of a row that is set aside again as it was, and loses that of one with other bytes', async () => {
    await aside('1');
    await reviewed(null);
    await aside('1');
    expect(await ask('quarantine')).toBe('open: 1 row, all reviewed');
    await client.query(`UPDATE migration_quarantine SET raw = '{"a": 2}'`);
    expect(await ask('quarantine')).toBe('shut: 1 of 1 row not reviewed');
  });

  /** Within the test's transaction. */
  async function reviewed(id: string | null): Promise<number> {
    const nested = Object.assign(Object.create(client) as Client, {
      query: (...args: Parameters<Client['query']>) => /^(BEGIN|COMMIT)$/.test(String(args[0])) ? Promise.resolve() : client.query(...args), // prettier-ignore
    });
    return reviewQuarantine(nested, { id, by: 'Anna', reason: 'seen' });
  }
});

describe('backup', () => {
  let dir: TempDir;
  beforeEach(async () => {
    dir = await tempDir();
  });
  afterEach(() => dir.remove());

  /** Of one file. Gives its folder. */
  async function taken(
    kind: string,
    hoursAgo: number,
    restored: boolean,
    sha256?: string,
    tag?: string,
  ): Promise<string> {
    const data = { file: 'a.gz', bytes: 3, sha256: '', rawBytes: 3, rawSha256: '' };
    const file = { path: 'a', origin: '/a', mode: 0, modifiedMs: 0, tables: null, data };
    const manifest = JSON.stringify({ format: 1, postgres: null, legacy: { root: '/', files: [file], notes: [] } });
    const folder = mkdtempSync(path.join(dir.path, 'backup-'));
    writeFileSync(path.join(folder, 'manifest.json'), manifest);
    writeFileSync(path.join(folder, 'a.gz'), 'abc');
    await client.query(
      `INSERT INTO migration_backups (id, kind, path, sha256, bytes, files, version, taken_at, taken_by, restored_at)
       VALUES (gen_random_uuid() || '-' || $6, $1, $5, $4, 1, 1, '0', now() - make_interval(hours => $2), 'Anna', CASE WHEN $3 THEN now() END)`,
      [
        kind,
        hoursAgo,
        restored,
        sha256 ?? createHash('sha256').update(manifest).digest('hex'),
        folder,
        tag ?? (await tagOf(client)),
      ],
    );
    return folder;
  }

  it('is open where both have one that was restored, also beside a newer one that was not yet', async () => {
    await taken('postgres', 3, true);
    await taken('legacy', 3, true);
    await taken('legacy', 1, false);
    expect(await ask('backup')).toMatch(/^open: postgres of .*, legacy of /);
  });
  it('is shut where one is missing, was never restored, is old or has no checksum', async () => {
    expect(await ask('backup')).toBe('shut: none of postgres, none of legacy');
    await taken('legacy', 1, false);
    await taken('postgres', 30, true);
    expect(await ask('backup')).toBe('shut: that of postgres is 30 h old, that of legacy was never restored');
    await taken('postgres', 1, true, '');
    expect(await ask('backup')).toMatch(/postgres is 30 h old/);
  });
  it('is shut where they are of the database that this one was restored from', async () => {
    await taken('postgres', 3, true, undefined, 'another');
    await taken('legacy', 3, true);
    expect(await ask('backup')).toBe('shut: that of postgres is of another database');
  });
  it.each(seeing)('counts none of a time to come, also when the clock has caught up, once %s', async (_who, sees) => {
    await taken('postgres', 3, true);
    await taken('legacy', -3, true);
    const ahead = 'shut: that of legacy is of a time that was still to come: the clock was set back since';
    await sees();
    await client.query(`UPDATE migration_backups SET taken_at = taken_at - interval '4 hours'`);
    expect(await ask('backup')).toBe(ahead);
    await taken('legacy', 30, true);
    expect(await ask('backup')).toBe('shut: that of legacy is 30 h old');
    await taken('legacy', 2, true);
    expect(await ask('backup')).toMatch(/^open/);
  });
  it('is shut where its files are gone or changed since its trial, unless an older one counts', async () => {
    const postgres = await taken('postgres', 1, true);
    const legacy = await taken('legacy', 1, true);
    rmSync(postgres, { recursive: true });
    writeFileSync(path.join(legacy, 'a.gz'), 'ab');
    expect(await ask('backup')).toBe(
      `shut: that of postgres cannot be seen from here, in ${postgres}, that of legacy is damaged: a.gz in ${legacy} is not what was written`,
    );
    writeFileSync(path.join(legacy, 'manifest.json'), '{}');
    expect(await ask('backup')).toContain('that of legacy cannot be relied on: The backup is damaged');
    await taken('legacy', 2, true);
    await taken('postgres', 2, true);
    expect(await ask('backup')).toMatch(/^open: /);
  });
});

describe('follow', () => {
  const followed = (over: string = '', tables = ['runs', 'picks']) =>
    client.query(
      `INSERT INTO migration_follow (table_name, plan, source_path, feed, generation, position, run, holder, state, detail, lag_rows, caught_up_at)
       SELECT t, gen_random_uuid(), 'legacy.db', 'change-log', 'g', 1, gen_random_uuid(), 'x', 'following', '{}', 0, clock_timestamp() FROM unnest($1::text[]) AS t;`.replace(';', ''),
      [tables],
    ).then(() => (over ? client.query(`UPDATE migration_follow SET ${over}`) : undefined)); // prettier-ignore
  const lives = () => other.query("SELECT pg_advisory_lock(x'736c7569'::int, 2)");
  const soon = { policy: { ...policy, followingForSeconds: 0 } };

  it('is open where somebody follows without lag, and has for a time', async () => {
    await followed();
    await lives();
    expect(await ask('follow', soon)).toMatch(/^open: no lag 0 s ago; sluice follow test, since /);
    expect(await ask('follow', { policy: { ...policy, followingForSeconds: 86_400 } })).toMatch(/^shut: it has run for \d+ s, and 86400 s are asked for/); // prettier-ignore
  });
  it('is shut where nobody follows', async () => {
    await followed();
    expect(await ask('follow', soon)).toBe('shut: nobody follows');
  });
  it.each([
    ["state = 'failed', reason = 'FOLLOW_LOST' WHERE table_name = 'runs'", 'shut: failed: runs: FOLLOW_LOST'],
    ["feed = 'watch'", 'shut: followed by --watch, which carries nothing back'],
    [
      "lag_rows = 4, caught_up_at = now() - interval '10 min' WHERE table_name = 'runs'",
      /^shut: 4 changes behind, last without lag 6\d\d s ago/,
    ],
    ["caught_up_at = now() + interval '1 h'", 'shut: 0 changes behind, last without lag never'],
    ["state = 'ended' WHERE table_name = 'picks'", /^shut: not followed by sluice follow test, since .*: picks$/],
    [
      "seen_at = now() - interval '1 day' WHERE table_name = 'picks'", // By one that was killed.
      /^shut: not followed by sluice follow test, since .*: picks$/,
    ],
    ['caught_up_at = NULL', 'shut: 0 changes behind, last without lag never'],
  ])('is shut where %s', async (over, answer) => {
    await followed(over);
    await lives();
    expect(await ask('follow', soon)).toMatch(answer);
  });
  it('takes no sign of a follower for an older one where the clock was set back behind its beginning', async () => {
    await followed();
    await lives();
    const query = async (...args: Parameters<Client['query']>): Promise<unknown> => {
      const result = (await client.query(...args)) as unknown as { rows: { since?: Date; forSeconds?: number }[] };
      const rows = result.rows.map((row) => row.since ? { ...row, since: new Date(Date.now() + 3_600_000), forSeconds: -3_600 } : row); // prettier-ignore
      return { ...result, rows };
    };
    const ahead = Object.assign(Object.create(client) as Client, { query });
    expect(await ask('follow', { ...soon, client: ahead })).toMatch(/^shut: it has run for /);
    expect((await twoWayState(ahead, domain)).follow.carrier).toMatch(/^sluice follow test/);
  });
  it('is shut for a table that was never followed', async () => {
    await followed('', ['runs']);
    await lives();
    expect(await ask('follow', soon)).toMatch(/^shut: not followed by sluice follow test, since .*: picks$/);
  });
});

describe('outbox and divergences', () => {
  const queued = (over: string) => client.query(`INSERT INTO migration_outbox (table_name, row_key, queued_at, dead_at) VALUES ('runs', 1, ${over})`); // prettier-ignore

  it('are open where nothing waits for long', async () => {
    expect([await ask('outbox'), await ask('divergences')]).toEqual(['open: empty', 'open: none is open']);
    await queued('clock_timestamp(), NULL');
    expect(await ask('outbox')).toBe('open: 1 waiting, the oldest for 0 s');
  });
  it('are shut by a dead letter, an old one, and by what is not settled', async () => {
    await queued("now() - interval '1 hour', NULL");
    expect(await ask('outbox')).toMatch(/^shut: 1 waiting, the oldest for 3600 s/);
    await queued('now(), now()');
    expect(await ask('outbox')).toMatch(/^shut: 1 dead letter/);
    await client.query("INSERT INTO migration_divergences (domain, table_name, row_key, kind) VALUES ('runs', 'runs', 7, 'refused')"); // prettier-ignore
    expect(await ask('divergences')).toBe('shut: 1 open');
  });
});

describe('shadow-reads', () => {
  const reads = async (mode: Mode, compared: number, unexplained: number) => {
    await client.query("INSERT INTO migration_domains (name, tables, mode, changed_by, reason) VALUES ('runs', '{}', $1, 'a', 'b')", [mode]); // prettier-ignore
    await client.query("INSERT INTO migration_shadow_reads (domain, epoch, operation, compared, unexplained) VALUES ('runs', 1, 'latest', $1, $2)", [compared, unexplained]); // prettier-ignore
  };
  it('is open where enough was compared', async () => {
    await reads('shadow', 1000, 0);
    expect(await ask('shadow-reads')).toBe('open: 1000 compared, 0 unexplained, 0 not judged, 0 without an answer');
  });
  it.each([
    ['shadow', 999, 0, /1000 are asked for/],
    ['shadow', 5000, 1, /1 unexplained/],
    ['dual', 5000, 0, /not in mode shadow/],
  ] as const)('is shut in %s with %s compared and %s unexplained', async (mode, compared, unexplained, answer) => {
    await reads(mode, compared, unexplained);
    expect(await ask('shadow-reads')).toMatch(answer);
  });
  it('is shut while there is an operation that PostgreSQL mostly does not answer', async () => {
    await reads('shadow', 1000, 0);
    const failing = `INSERT INTO migration_shadow_reads (domain, epoch, operation, compared, failed) VALUES ('runs', 1, 'find', 5, 6)`;
    await client.query(failing);
    expect(await ask('shadow-reads')).toMatch(/^shut: .* mostly without an answer: find$/);
    await client.query(`UPDATE migration_shadow_reads SET compared = 6 WHERE operation = 'find'`);
    expect(await ask('shadow-reads')).toMatch(/^open: /);
  });
  it('is shut where the domain has no mode', async () => {
    expect(await ask('shadow-reads')).toMatch(/^shut/);
  });
});

describe('rehearsal', () => {
  const rehearsed = (
    passed: boolean,
    schema = '2_more',
    digest = domainDigest(domain),
    database: string | null = own.name,
  ) =>
    client.query(
      `INSERT INTO migration_rehearsals (domain, schema_version, mapping_digest, rehearsed_by, passed, detail) VALUES ('runs', $1, $2, 'Anna', $3, $4)`,
      [schema, digest, passed, JSON.stringify({ database })],
    );
  it('is open after one with this schema and these mappings', async () => {
    expect(await ask('rehearsal')).toBe('shut: never rehearsed');
    await rehearsed(true);
    expect(await ask('rehearsal')).toMatch(/^open: passed at .* by Anna/);
  });
  it('is shut by a later failure, another schema and another mapping', async () => {
    await rehearsed(true);
    await rehearsed(false);
    expect(await ask('rehearsal')).toMatch(/failed$/);
    await rehearsed(true, '1_init');
    expect(await ask('rehearsal')).toMatch(/with the schema 1_init$/);
    await rehearsed(true, '2_more', 'other');
    expect(await ask('rehearsal')).toMatch(/with other mappings$/);
    for (const database of ['7 7', null]) {
      await rehearsed(true, '2_more', domainDigest(domain), database);
      expect(await ask('rehearsal')).toMatch(/is not known to be of this very database$/);
    }
  });
});

describe('approval', () => {
  const given = (by: string, to: Mode = 'cutover', epoch = 0n) => {
    const nested = Object.assign(Object.create(client) as Client, {
      query: (...args: Parameters<Client['query']>) => /^(BEGIN|COMMIT)$/.test(String(args[0])) ? Promise.resolve() : client.query(...args), // prettier-ignore
    });
    return approve(nested, { steps: [{ domain: 'runs', to, epoch }], by, reason: 'fine' });
  };
  it('is open where enough people have agreed to this step, each of them once', async () => {
    expect(await ask('approval')).toMatch(/^shut: nobody has agreed; 1 more person is asked for/);
    await given('Anna Rao');
    expect(await ask('approval')).toBe('open: agreed: Anna Rao');
    const four = { policy: { ...policy, approvals: 2 } };
    expect(await ask('approval', four)).toMatch(/^shut: agreed: Anna Rao; 1 more person/);
    await given('Ravi');
    expect(await ask('approval', four)).toBe('open: agreed: Anna Rao, Ravi');
    expect(await ask('approval', { policy: { ...policy, approvals: 0 } })).toMatch(/^open/);
  });
  it.each([' anna  RAO ', 'Anna\u200b Rao', 'An\u00adna Rao', 'Anna\u00a0\u2060Rao\u0007', 'Ａｎｎａ Rao'])(
    'counts nobody twice: Anna Rao is %j',
    async (again) => {
      await given('Anna Rao');
      await expect(given(again)).rejects.toMatchObject({ code: 'CUTOVER_APPROVAL_REFUSED' });
    },
  );
  it('asks for a name that can be seen', async () => {
    await expect(given('\u200b')).rejects.toThrow('An approval needs a name.');
  });
  it('forgets approvals of other steps', async () => {
    await given('Anna', 'new');
    await given('Ravi', 'cutover', 4n);
    expect(await ask('approval')).toMatch(/^shut: nobody has agreed/);
  });
});

it('are shut where they cannot be asked, each for itself, also within a transaction', async () => {
  const tables = ['tables', 'runs', 'quarantine', 'backups', 'outbox', 'shadow_reads', 'rehearsals', 'approvals'];
  for (const table of tables) await client.query(`ALTER TABLE migration_${table} RENAME TO gone_${table}`);
  for (const name of [
    'copy',
    'verification',
    'quarantine',
    'backup',
    'follow',
    'outbox',
    'divergences',
    'shadow-reads',
    'rehearsal',
    'approval',
  ])
    expect([name, await ask(name)]).toEqual([
      name,
      expect.stringMatching(/^shut: could not be checked: The database lacks/),
    ]);
});

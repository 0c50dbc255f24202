import { freshDatabase, type FreshDatabase } from '@sluice/testing';
import { sluice, sluiceJson } from './sluice';
import { query } from './target';

interface Status {
  readonly brokenAudit: readonly string[] | null;
  readonly next: { readonly gates: readonly { readonly gate: string; readonly passed: boolean }[] } | null;
}
interface Plan {
  readonly status: Status;
}
interface Finding {
  readonly check: string;
  readonly state: string;
}

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  for (const approvals of ['2', '3', '4'])
    await run('cutover', 'policy', '--set', `approvals=${approvals}`, '--by', 'Anna Rao', '--reason', 'a test');
});
afterAll(() => database.drop());

const run = (...args: string[]) => sluice(args, { database: database.url });
const json = <Document>(...args: string[]) => sluiceJson<Document>(args, { database: database.url });

/** What each of them says of the audit log, and the exit codes of those that nothing else keeps from 0. */
async function seen() {
  const [status, plan, doctor, audit] = [
    await json<Status[]>('cutover', 'status'),
    await json<Plan[]>('cutover', 'plan'),
    await json<Finding[]>('doctor'),
    await json<{ open: string[] }>('cutover', 'audit'),
  ];
  const gate = status.document[0]?.next?.gates.find((one) => one.gate === 'audit');
  return {
    status: [...new Set(status.document.map(({ brokenAudit }) => brokenAudit?.join()))],
    plan: [...new Set(plan.document.map((one) => one.status.brokenAudit?.join()))],
    gate: gate?.passed,
    doctor: [doctor.code, doctor.document.find(({ check }) => check === 'audit')?.state],
    audit: [audit.code, audit.document.open.join()],
    told: status.stderr.includes('The audit log is broken'),
  };
}

it('shows everywhere that an entry of the audit log was changed, until somebody has looked into it', async () => {
  const whole = { status: [''], plan: [''], gate: true, audit: [0, ''], told: false };
  expect(await seen()).toEqual({ ...whole, doctor: [0, 'good'] });
  await query(database.url, `UPDATE migration_audit SET actor = 'nobody' WHERE seq = 2`);
  const broken = { status: ['2'], plan: ['2'], gate: false, audit: [3, '2'], told: true };
  expect(await seen()).toEqual({ ...broken, doctor: [3, 'bad'] });
  await query(
    database.url,
    `INSERT INTO migration_domains (name, tables, mode, changed_by, reason) VALUES ('runs', '{}', 'new', 'a test', '-')`,
  );
  expect(await run('cutover', 'status', '--domain', 'runs')).toMatchObject({ code: 3 });
  expect(await run('cutover', 'audit', '--accept', '--by', 'Anna Rao')).toMatchObject({ code: 2 });
  const accept = await run('cutover', 'audit', '--accept', '--by', 'Anna Rao', '--reason', 'ticket 12');
  expect([accept.code, accept.stdout]).toEqual([0, expect.stringContaining('Anna Rao has looked into it: 2.')]);
  expect(await seen()).toEqual({ ...whole, doctor: [0, 'note'] });
  expect(await run('cutover', 'status', '--domain', 'runs')).toMatchObject({ code: 0 });
});

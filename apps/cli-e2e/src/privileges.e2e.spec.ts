import { randomUUID } from 'node:crypto';
import { freshDatabase, type FreshDatabase } from '@sluice/testing';
import { sluiceJson } from './sluice';
import { query } from './target';

interface Refusal {
  readonly error?: { readonly code: string; readonly message: string; readonly remedy?: string };
}

let database: FreshDatabase;
let address: string;
const role = `powerless_${randomUUID().replaceAll('-', '')}`;

/** A role that may look at everything but Prisma's own table and the keys, and write nothing. */
beforeAll(async () => {
  database = await freshDatabase();
  await query(
    database.url,
    `CREATE ROLE ${role} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role};
     REVOKE ALL ON _prisma_migrations, migration_audit FROM ${role}`,
  );
  address = Object.assign(new URL(database.url), { username: role }).href;
});
afterAll(async () => {
  await query(database.url, `DROP OWNED BY ${role}; DROP ROLE ${role}`);
  await database.drop();
});

const by = ['--by', 'Anna Rao', '--reason', 'a test'];

it.each([
  ['_prisma_migrations', ['db', 'status']],
  ['_prisma_migrations', ['keys', 'list']],
  ['migration_audit', ['cutover', 'report']],
  ['migration_cutover_policy', ['cutover', 'policy', '--set', 'approvals=2', ...by]],
  ['migration_divergences', ['divergences', 'settle', '1', ...by]],
])('names %s to a role that may not use it, and what helps: %j', async (table, args) => {
  const { code, document, stderr } = await sluiceJson<Refusal>(args, { database: address });
  const { error } = document;
  expect({ code, error: error?.code }).toEqual({ code: 3, error: 'POSTGRES_PRIVILEGE_MISSING' });
  expect(error?.message).toMatch(`permission denied for table ${table}.`);
  expect(error?.remedy).toContain('Grant it');
  expect(stderr).not.toMatch(/invocation|at \w+ \(/);
});

it('names it also where a check cannot be made', async () => {
  const status = await sluiceJson<
    readonly { next: { gates: readonly { gate: string; evidence: string; remedy: string }[] } }[]
  >(['cutover', 'status', '--domain', 'runs'], { database: address });
  const schema = status.document[0]?.next.gates.find(({ gate }) => gate === 'schema');
  expect(status.code).toBe(3);
  expect(schema?.evidence).toMatch(/^could not be checked: .* permission denied for table _prisma_migrations\.$/);
  expect(schema?.remedy).toContain('Grant it');
  const doctor = await sluiceJson<readonly { check: string; text: string }[]>(['doctor'], { database: address });
  expect(doctor.document.find(({ check }) => check === 'schema')?.text).not.toContain('invocation');
});

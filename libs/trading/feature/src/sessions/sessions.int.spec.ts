import { Postgres, Prisma } from '@sluice/postgres';
import { ResourceApp, type Answered } from '../http/resource-app.fixture';
import { sessionsParts } from './sessions.parts';

let routes: ResourceApp;
/** A second process on the same database. */
let other: Postgres;

beforeAll(async () => {
  routes = await ResourceApp.open(sessionsParts);
  other = new Postgres({ url: routes.databaseUrl });
});
beforeEach(() => routes.get(Postgres).rows(Prisma.sql`TRUNCATE memory_sessions, idempotency_keys`));
afterAll(async () => {
  await other.close();
  await routes.close();
});

const upsert = (session_id: unknown, data: unknown, headers = {}): Promise<Answered> =>
  routes.ask('POST', '/v1/memory/upsert', { session_id, data }, headers);
const get = (id: string): Promise<Answered> => routes.ask('GET', `/v1/memory/session/${encodeURIComponent(id)}`);
const age = (id: string, interval: string): Promise<unknown> =>
  other.rows(Prisma.sql`
    UPDATE memory_sessions SET updated_at = now() - ${interval}::interval WHERE session_id = ${id} RETURNING 1`);

describe('a session', () => {
  it('is an empty object while nothing is known of it', async () => {
    expect(await get('s-1')).toMatchObject({ status: 200, body: { session_id: 's-1', data: {} } });
  });

  it('is merged at the first level: a member takes the place of the one before, also null, and all others stay', async () => {
    await upsert('s-1', { risk: 'Low', filters: { a: 1, b: 2 }, mode: 'Swing' });
    const merged = { risk: 'Low', filters: { c: [1.5, 'é', null] }, mode: null };
    expect(await upsert('s-1', { filters: { c: [1.5, 'é', null] }, mode: null })).toMatchObject({
      ...{ status: 200, body: { session_id: 's-1', data: merged } },
    });
    expect((await get('s-1')).body).toEqual({ session_id: 's-1', data: merged });
    expect((await upsert('s-1', {})).body.data).toEqual(merged);
    expect((await get('S-1')).body.data).toEqual({});
  });

  it('loses nothing of merges at the same time', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `m${i}`);
    const all = await Promise.all(names.map((name, i) => upsert('s-1', { [name]: i })));
    expect(all.map(({ status }) => status)).toEqual(names.map(() => 200));
    expect(Object.keys((await get('s-1')).body.data).sort()).toEqual([...names].sort());
  });

  it('waits for a merge of another process, and keeps what that one stored', async () => {
    await upsert('s-1', { before: 1 });
    let waiting: Promise<Answered> | undefined;
    await other.transaction(async (tx) => {
      await tx.$executeRaw(
        Prisma.sql`UPDATE memory_sessions SET data = data || '{"theirs": 1}' WHERE session_id = 's-1'`,
      );
      waiting = upsert('s-1', { mine: 1 });
      for (let blocked = 0; blocked === 0;)
        blocked = (await tx.$queryRaw<unknown[]>(Prisma.sql`SELECT 1 FROM pg_locks WHERE NOT granted`)).length;
    });
    expect((await waiting!).body.data).toEqual({ before: 1, theirs: 1, mine: 1 });
  });

  it('is merged once for an idempotency key, whatever came after', async () => {
    const key = { 'idempotency-key': 'session-1' };
    const first = await upsert('s-1', { step: 1 }, key);
    await upsert('s-1', { step: 2 });
    const again = await upsert('s-1', { step: 1 }, key);
    expect([again.body, again.headers['idempotency-replayed']]).toEqual([first.body, 'true']);
    expect((await get('s-1')).body.data).toEqual({ step: 2 });
  });

  it('is over when nothing was stored for 90 days, and what is stored then begins anew', async () => {
    await upsert('s-1', { old: 1 });
    await age('s-1', '89 days');
    expect((await get('s-1')).body.data).toEqual({ old: 1 });
    await age('s-1', '91 days');
    expect((await get('s-1')).body.data).toEqual({});
    expect((await upsert('s-1', { new: 1 })).body.data).toEqual({ new: 1 });
  });

  it('that is over is removed by what others store', async () => {
    for (const id of ['s-1', 's-2']) await upsert(id, { a: 1 });
    await age('s-1', '91 days');
    await upsert('s-3', {});
    const left = await other.rows(Prisma.sql`SELECT session_id FROM memory_sessions ORDER BY 1`);
    expect(left).toEqual([{ session_id: 's-2' }, { session_id: 's-3' }]);
  });

  it('does not grow over its limit, and stays as it was', async () => {
    const half = 'x'.repeat(600_000);
    await upsert('s-1', { a: half });
    const refused = await upsert('s-1', { b: half });
    expect(refused).toMatchObject({ status: 422, body: { code: 'TRADING_PARAMETER_INVALID' } });
    expect(Object.keys((await get('s-1')).body.data)).toEqual(['a']);
    expect((await upsert('s-1', { a: 1, b: half })).status).toBe(200);
  });

  it('cannot be there under an id that no row can have', async () => {
    expect(await get('a\0b')).toMatchObject({ status: 200, body: { data: {} } });
  });
});

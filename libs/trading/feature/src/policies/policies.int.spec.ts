import { Postgres, Prisma } from '@sluice/postgres';
import { CandleSource, NoCandleSource } from '../candles/candle-source';
import { ResourceApp, type Answered } from '../http/resource-app.fixture';
import { policiesParts } from './policies.parts';

let app: ResourceApp;
const source = { provide: CandleSource, useClass: NoCandleSource };
beforeAll(async () => {
  app = await ResourceApp.open({ ...policiesParts, providers: [...policiesParts.providers, source] });
});
beforeEach(() => app.get(Postgres).rows(Prisma.sql`TRUNCATE rl_policies`));
afterAll(() => app.close());

const aPolicy = (over: object = {}) => ({ name: 'v1', config: { modes: {} }, ...over });
const create = async (over: object = {}): Promise<Answered['body']> =>
  (await app.ask('POST', '/v1/policies', aPolicy(over))).body;
const activate = (id: string) => app.ask('POST', `/v1/policies/${id}/activate`);
const activeOnes = () =>
  app.get(Postgres).rows<{ policy_id: string }>(Prisma.sql`SELECT policy_id FROM rl_policies WHERE status = 'ACTIVE'`);

it('makes a draft, and gives it with a tag', async () => {
  const { status, body, headers } = await app.ask('POST', '/v1/policies', aPolicy({ description: 'first' }));
  expect(status).toBe(201);
  expect(body).toEqual({
    ...{ policy_id: expect.stringMatching(/^[0-9a-f]{32}$/), name: 'v1', description: 'first', status: 'DRAFT' },
    ...{ config: { modes: {} }, metrics: null, created_at: body.updated_at, updated_at: expect.stringMatching(/Z$/) },
    ...{ activated_at: null, deactivated_at: null },
  });
  const got = await app.ask('GET', `/v1/policies/${body.policy_id}`);
  expect([got.body, got.headers['etag']]).toEqual([body, headers['etag']]);
  expect(headers['location']).toBe(`/v1/policies/${body.policy_id}`);
});

it('makes one of a request that comes twice with its key', async () => {
  const ask = () => app.ask('POST', '/v1/policies', aPolicy(), { 'idempotency-key': 'policy-1' });
  const [first, second] = [await ask(), await ask()];
  expect([second.body, second.headers['etag']]).toEqual([first.body, first.headers['etag']]);
  expect((await app.ask('GET', '/v1/policies')).body.items).toHaveLength(1);
});

it('lists them, the newest first, a page at a time', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 3; i++) ids.push((await create()).policy_id);
  const first = (await app.ask('GET', '/v1/policies?limit=2')).body;
  const second = (await app.ask('GET', `/v1/policies?limit=2&cursor=${first.next}`)).body;
  const listed = [...first.items, ...second.items].map(({ policy_id }: { policy_id: string }) => policy_id);
  expect([listed, second.next]).toEqual([[...ids].reverse(), null]);
  expect((await app.ask('GET', '/v1/policies?status=ACTIVE')).body.items).toEqual([]);
});

describe('activating', () => {
  // [run] of the contract: a deactivated_at of before was never cleared.
  it('retires the one before, whose time of change stays', async () => {
    const [old, next] = [await create(), await create()];
    const was = (await activate(old.policy_id)).body;
    expect(was).toMatchObject({ status: 'ACTIVE', activated_at: was.updated_at, deactivated_at: null });
    expect((await activate(next.policy_id)).status).toBe(200);
    expect((await app.ask('GET', '/v1/policies/active')).body.policy_id).toBe(next.policy_id);
    const retired = (await app.ask('GET', `/v1/policies/${old.policy_id}`)).body;
    expect(retired).toMatchObject({
      status: 'RETIRED',
      updated_at: was.updated_at,
      deactivated_at: expect.any(String),
    });
    expect((await activate(old.policy_id)).body).toMatchObject({ status: 'ACTIVE', deactivated_at: null });
  });

  // [run] of the contract: deactivated_at became activated_at.
  it('of the active one changes nothing', async () => {
    const { policy_id: id } = await create();
    const first = await activate(id);
    const second = await activate(id);
    expect([second.body, second.headers['etag']]).toEqual([first.body, first.headers['etag']]);
  });

  // [run] of the contract: all were retired and none was active.
  it('of an unknown one changes nothing', async () => {
    const { policy_id: id } = await create();
    const { body } = await activate(id);
    expect(await activate('none')).toMatchObject({ status: 404, body: { code: 'TRADING_POLICY_UNKNOWN' } });
    expect((await app.ask('GET', '/v1/policies/active')).body).toEqual(body);
  });

  it('at the same time leaves one of them active, and fails for none', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, async () => (await create()).policy_id as string));
    await activate(ids[0]!);
    const all = await Promise.all([...ids, ...ids].map(activate));
    expect(all.map(({ status }) => status)).toEqual(Array(12).fill(200));
    expect(await activeOnes()).toHaveLength(1);
  });

  it('and deactivating at the same time leave one at most', async () => {
    const ids = await Promise.all(Array.from({ length: 4 }, async () => (await create()).policy_id as string));
    const all = await Promise.all(
      ids.flatMap((id) => [activate(id), app.ask('POST', `/v1/policies/${id}/deactivate`)]),
    );
    expect(all.every(({ status }) => status === 200)).toBe(true);
    expect((await activeOnes()).length).toBeLessThanOrEqual(1);
  });
});

it('deactivates the active one, and leaves any other as it is', async () => {
  const [one, other] = [await create(), await create()];
  await activate(one.policy_id);
  expect((await app.ask('POST', `/v1/policies/${other.policy_id}/deactivate`)).body).toEqual(other);
  expect((await app.ask('POST', `/v1/policies/${one.policy_id}/deactivate`)).body.status).toBe('RETIRED');
  expect((await app.ask('GET', '/v1/policies/active')).body.code).toBe('TRADING_NO_ACTIVE_POLICY');
  expect((await app.ask('POST', '/v1/policies/none/deactivate')).status).toBe(404);
});

describe('changing', () => {
  it('leaves what is left out', async () => {
    const { policy_id: id, created_at } = await create({ description: 'd' });
    const target = `/v1/policies/${id}`;
    expect((await app.ask('PATCH', target, { name: 'v2' })).body).toMatchObject({
      name: 'v2',
      description: 'd',
      created_at,
    });
    expect((await app.ask('PATCH', target, { description: null, config: { a: 1 } })).body).toMatchObject({
      ...{ name: 'v2', description: null, config: { a: 1 } },
    });
    expect((await app.ask('PUT', `${target}/metrics`, { metrics: { b: [1] } })).body.metrics).toEqual({ b: [1] });
    expect((await app.ask('PUT', `${target}/metrics`, { metrics: null })).body.metrics).toBeNull();
  });

  it.each([
    ['PATCH', '', (i: number) => ({ name: `n${i}` })],
    ['PUT', '/metrics', (i: number) => ({ metrics: { i } })],
  ] as const)('by %s%s is done by one of many who saw the same', async (method, under, bodyOf) => {
    const { policy_id: id } = await create();
    const { headers } = await app.ask('GET', `/v1/policies/${id}`);
    const tag = { 'if-match': String(headers['etag']) };
    const all = await Promise.all(
      Array.from({ length: 6 }, (_, i) => app.ask(method, `/v1/policies/${id}${under}`, bodyOf(i), tag)),
    );
    expect(all.map(({ status }) => status).sort()).toEqual([200, ...Array(5).fill(412)]);
  });

  it.each(['activate', 'deactivate'])('to %s is refused to who saw another one', async (change) => {
    const { policy_id: id } = await create();
    const { headers } = await app.ask('GET', `/v1/policies/${id}`);
    await app.ask('PATCH', `/v1/policies/${id}`, { config: { modes: { Swing: {} } } });
    const target = `/v1/policies/${id}/${change}`;
    const late = await app.ask('POST', target, undefined, { 'if-match': String(headers['etag']) });
    expect(late).toMatchObject({ status: 412, body: { code: 'TRADING_OUTDATED' } });
    expect(await activeOnes()).toEqual([]);
    const seen = await app.ask('GET', `/v1/policies/${id}`);
    const tag = { 'if-match': String(seen.headers['etag']) };
    expect((await app.ask('POST', target, undefined, tag)).status).toBe(200);
  });

  it('an unknown one changes nothing', async () => {
    expect((await app.ask('PATCH', '/v1/policies/none', { name: 'a' })).status).toBe(404);
    expect((await app.ask('PUT', '/v1/policies/none/metrics', { metrics: {} })).status).toBe(404);
  });
});

it.each([
  ['POST', '', {}],
  ['POST', '', aPolicy({ name: '' })],
  ['POST', '', aPolicy({ name: 'a\0' })],
  ['POST', '', aPolicy({ config: null })],
  ['POST', '', aPolicy({ config: [] })],
  ['POST', '', aPolicy({ config: { a: '\ud83d' } })],
  ['POST', '', '{"name":"a","config":{"a":1e999}}'],
  ['POST', '', aPolicy({ status: 'ACTIVE' })],
  ['PATCH', '/x', { name: null }],
  ['PATCH', '/x', { config: 'NaN' }],
  ['PUT', '/x/metrics', {}],
  ['PUT', '/x/metrics', { metrics: 1 }],
  ['GET', '?status=active', undefined],
  ['GET', '?cursor=1', undefined],
  ['GET', '/%00', undefined],
] as const)('refuses %s %s with %j', async (method, target, body) => {
  expect((await app.ask(method, `/v1/policies${target}`, body)).status).toBe(422);
});

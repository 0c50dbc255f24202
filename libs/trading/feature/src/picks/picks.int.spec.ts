import { Postgres, Prisma } from '@sluice/postgres';
import { CandleSource, NoCandleSource } from '../candles/candle-source';
import { ResourceApp } from '../http/resource-app.fixture';
import { picksParts } from './picks.parts';

let app: ResourceApp;

beforeAll(async () => {
  const source = { provide: CandleSource, useClass: NoCandleSource };
  app = await ResourceApp.open({ ...picksParts, providers: [...picksParts.providers, source] });
});
afterAll(() => app.close());

const aPick = (over: object = {}) => ({
  ...{ symbol: 'tcs', direction: 'long', source: 'TOP_PICKS_hourly', mode: 'Intraday', signal_price: 100 },
  ...{ recommended_target: 105, recommended_stop: 97, signal_ts: '2026-01-09T05:00:00', trade_date: '2026-01-09' },
  ...over,
});
const log = async (over: object = {}): Promise<string> =>
  (await app.ask('POST', '/v1/picks', aPick(over))).body.pick_uuid;
const rowsOf = (sql: Prisma.Sql) => app.get(Postgres).rows<Record<string, unknown>>(sql);

describe('logging a pick', () => {
  it('keeps the pick with its contributions, in capitals and in UTC', async () => {
    const said = [
      { agent_name: 'trend', score: 75, confidence: 'High', metadata: { a: [1] } },
      { agent_name: 'news', score: -0.1 },
    ];
    const over = { signal_ts: '2026-01-09T23:59:59.123456+05:30', universe: 'nifty50', contributions: said };
    const { status, body, headers } = await app.ask('POST', '/v1/picks', aPick(over));
    expect(status).toBe(201);
    expect(headers['location']).toBe(`/v1/picks/${body.pick_uuid}`);
    const expected = {
      ...{ pick_uuid: expect.stringMatching(/^[0-9a-f]{32}$/), symbol: 'TCS', direction: 'LONG', universe: 'NIFTY50' },
      ...{ signal_ts: '2026-01-09T18:29:59.123456Z', trade_date: '2026-01-09', signal_price: 100 },
      ...{ recommended_target: 105, blend_score: null, confidence: null, extra_context: {}, outcomes: [] },
      contributions: [said[0], { agent_name: 'news', score: -0.1, confidence: null, metadata: {} }],
    };
    expect(body).toMatchObject(expected);
    expect((await app.ask('GET', `/v1/picks/${body.pick_uuid}`)).body).toEqual(body);
  });

  it('takes the time without an offset as UTC, and the day of the signal in India where none is given', async () => {
    const { body } = await app.ask(
      'POST',
      '/v1/picks',
      aPick({ signal_ts: '2026-01-09T18:30:00', trade_date: undefined }),
    );
    expect(body).toMatchObject({ signal_ts: '2026-01-09T18:30:00Z', trade_date: '2026-01-10' });
  });

  it.each([5e-324, -0.1, 0, 0.1 + 0.2, 9007199254740991])('keeps the price %p to the bit', async (price) => {
    const { body } = await app.ask('POST', '/v1/picks', aPick({ signal_price: price }));
    expect(body.signal_price).toBe(price);
  });

  // [run] of the contract: an id was answered though nothing was stored.
  it('stores nothing where a contribution cannot be stored, and says so', async () => {
    const before = await rowsOf(Prisma.sql`SELECT 1 FROM pick_events`);
    const over = { contributions: [{ agent_name: 'a' }, { agent_name: null }] };
    expect((await app.ask('POST', '/v1/picks', aPick(over))).status).toBe(422);
    expect(await rowsOf(Prisma.sql`SELECT 1 FROM pick_events`)).toHaveLength(before.length);
  });

  it('does a request with a key once', async () => {
    const body = aPick({ symbol: 'ONCE' });
    const ask = () => app.ask('POST', '/v1/picks', body, { 'idempotency-key': 'pick-1' });
    const [first, second] = [await ask(), await ask()];
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(await rowsOf(Prisma.sql`SELECT 1 FROM pick_events WHERE symbol = 'ONCE'`)).toHaveLength(1);
  });

  const raw = (field: string, json: string): string => JSON.stringify(aPick({ [field]: '@' })).replace('"@"', json);
  it.each([
    ['no price', aPick({ signal_price: undefined })],
    ['a price of null', aPick({ signal_price: null })],
    ['a price as text', aPick({ signal_price: 'NaN' })],
    ['a price beyond a double', raw('signal_price', '1e999')],
    ['a direction that is none', aPick({ direction: 'UP' })],
    ['no symbol', aPick({ symbol: '' })],
    ['NUL', aPick({ symbol: 'a\0' })],
    ['half a character', raw('symbol', '"\\ud83d"')],
    ['NUL deep in the context', aPick({ extra_context: { a: [{ b: 'x\0' }] } })],
    ['an infinity deep in the context', raw('extra_context', '{"a":[1e999]}')],
    ['a context that is a list', aPick({ extra_context: [] })],
    ['an overlong source', aPick({ source: 'x'.repeat(101) })],
    ['a time that is none', aPick({ signal_ts: '2026-13-01' })],
    ['a time that is in the year 10000 in India', aPick({ signal_ts: '9999-12-31T23:00:00Z', trade_date: undefined })],
    ['a day that does not exist', aPick({ trade_date: '2026-02-30' })],
    ['too many contributions', aPick({ contributions: Array(101).fill({ agent_name: 'a' }) })],
    ['contributions that are none', aPick({ contributions: [1, 'a', null] })],
    ['contributions that are no list', aPick({ contributions: { agent_name: 'a' } })],
    ['a field that there is not', aPick({ weight: 1 })],
    ['a list', [aPick()]],
    ['a nesting without end', raw('extra_context', `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`)],
  ])('refuses %s', async (_what, body) => {
    expect((await app.ask('POST', '/v1/picks', body)).status).toBe(422);
  });
});

describe('listing picks', () => {
  it('goes through all of a filter, the newest first, a page at a time', async () => {
    const uuids: string[] = [];
    for (let i = 0; i < 5; i++)
      uuids.push(await log({ symbol: 'LIST', universe: 'u', trade_date: `2026-02-0${i + 1}` }));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await app.ask('GET', `/v1/picks?symbol=list&limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...page.body.items.map(({ pick_uuid }: { pick_uuid: string }) => pick_uuid));
      cursor = page.body.next;
    } while (cursor);
    expect(seen).toEqual([...uuids].reverse());
    const ranged = await app.ask('GET', '/v1/picks?universe=U&mode=Intraday&from=2026-02-02&to=2026-02-04');
    expect(ranged.body.items).toHaveLength(3);
    expect((await app.ask('GET', '/v1/picks?symbol=LIST&mode=intraday')).body).toEqual({ items: [], next: null });
  });

  it.each(['limit=0', 'limit=x', 'from=2026-02-30', 'cursor=x', 'symbol=%00', 'symbol=a&symbol=b', 'other=1'])(
    'refuses %s',
    async (query) => expect((await app.ask('GET', `/v1/picks?${query}`)).status).toBe(422),
  );

  it('knows no pick of another id', async () => {
    expect(await app.ask('GET', '/v1/picks/none')).toMatchObject({
      status: 404,
      body: { code: 'TRADING_PICK_UNKNOWN' },
    });
    expect((await app.ask('GET', '/v1/picks/%00')).status).toBe(422);
  });
});

describe('an outcome', () => {
  const full = {
    horizon_end_ts: '2026-01-09T10:30:00Z',
    price_close: 103,
    hit_stop: false,
    outcome_label: 'WIN',
    notes: { a: 1 },
  };

  // [run] of the contract.
  it('is replaced as a whole, also by nothing, and keeps its id', async () => {
    const target = `/v1/picks/${await log()}/outcomes/EOD`;
    const first = await app.ask('PUT', target, full);
    expect(first).toMatchObject({ status: 201, body: { ...full, price_high: null, evaluation_horizon: 'EOD' } });
    const [before] = await rowsOf(Prisma.sql`SELECT max(id)::int AS id FROM pick_outcomes`);
    const second = await app.ask('PUT', target, { horizon_end_ts: '2026-01-09T16:00:00+05:30', hit_target: true });
    expect(second).toMatchObject({
      status: 200,
      body: {
        horizon_end_ts: '2026-01-09T10:30:00Z',
        price_close: null,
        hit_target: true,
        hit_stop: null,
        notes: null,
      },
    });
    const [after] = await rowsOf(Prisma.sql`SELECT max(id)::int AS id FROM pick_outcomes`);
    expect(after).toEqual(before);
    expect((await app.ask('GET', target)).headers['etag']).toBe(second.headers['etag']);
  });

  it('is not replaced by who saw another one', async () => {
    const target = `/v1/picks/${await log()}/outcomes/EOD`;
    const { headers } = await app.ask('PUT', target, full);
    const old = { 'if-match': String(headers['etag']) };
    expect((await app.ask('PUT', target, { ...full, price_close: 1 }, old)).status).toBe(200);
    const late = await app.ask('PUT', target, { ...full, price_close: 2 }, old);
    expect(late).toMatchObject({ status: 412, body: { code: 'TRADING_OUTDATED' } });
    expect((await app.ask('GET', target)).body.price_close).toBe(1);
  });

  it('is made by one of many who ask that there be none', async () => {
    const target = `/v1/picks/${await log()}/outcomes/EOD`;
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        app.ask('PUT', target, { ...full, price_close: i }, { 'if-none-match': '*' }),
      ),
    );
    expect(all.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(412)]);
    const [made] = all.filter(({ status }) => status === 201);
    expect((await app.ask('GET', target)).body).toEqual(made!.body);
  });

  it('is replaced by one of many who saw the same', async () => {
    const target = `/v1/picks/${await log()}/outcomes/EOD`;
    const { headers } = await app.ask('PUT', target, full);
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        app.ask('PUT', target, { ...full, price_close: i }, { 'if-match': String(headers['etag']) }),
      ),
    );
    expect(all.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(412)]);
  });

  it('is one row where many say it for the first time', async () => {
    const target = `/v1/picks/${await log()}/outcomes/EOD`;
    const all = await Promise.all(Array.from({ length: 8 }, () => app.ask('PUT', target, full)));
    expect(all.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(all.every(({ status }) => status < 300)).toBe(true);
  });

  // [run] of the contract: orphans were possible.
  it('is of a pick that there is', async () => {
    const put = await app.ask('PUT', '/v1/picks/none/outcomes/EOD', full);
    expect(put).toMatchObject({ status: 404, body: { code: 'TRADING_PICK_UNKNOWN' } });
    expect((await app.ask('GET', `/v1/picks/${await log()}/outcomes/EOD`)).body.code).toBe('TRADING_OUTCOME_UNKNOWN');
  });

  it.each([
    ['no end', {}],
    ['another label', { ...full, outcome_label: 'DRAW' }],
    ['a flag that is a number', { ...full, hit_stop: 1 }],
    ['a price as text', { ...full, price_low: 'NaN' }],
    ['notes that are a text', { ...full, notes: 'x' }],
  ])('is refused with %s', async (_what, body) => {
    expect((await app.ask('PUT', `/v1/picks/${await log()}/outcomes/EOD`, body)).status).toBe(422);
  });
});

describe('an exit', () => {
  const anExit = (over: object = {}) => ({
    ...{
      symbol: 'exit',
      entry_time: '2026-01-09T05:02:00+00:00',
      entry_price: 100.1,
      exit_time: '2026-01-09T05:20:00.5Z',
    },
    ...{ exit_price: 101.6, exit_reason: 'target_hit', return_pct: 1.5, hold_duration_mins: 18.5, mode: 'Scalping' },
    ...{ recommendation: 'Buy', ...over },
  });
  const scalp = (over: object = {}) => log({ symbol: 'EXIT', mode: 'Scalping', ...over });

  it('becomes the outcome of the nearest scalping pick', async () => {
    await log({ symbol: 'EXIT' });
    const [far, near] = [await scalp({ signal_price: 100.9 }), await scalp()];
    const { status, body } = await app.ask('POST', '/v1/picks/exits', anExit());
    expect(status).toBe(200);
    expect(body).toMatchObject({
      pick_uuid: near,
      distance_minutes: 2,
      distance_pct: expect.closeTo(0.1),
      score: expect.closeTo(2.5),
    });
    expect(body.outcome).toMatchObject({
      ...{ evaluation_horizon: 'SCALPING', horizon_end_ts: '2026-01-09T05:20:00.500000Z', price_close: 101.6 },
      ...{ ret_close_pct: 1.5, hit_target: true, hit_stop: null, outcome_label: 'WIN' },
      notes: { exit_reason: 'TARGET_HIT', capture_ratio: 1 },
    });
    expect((await app.ask('GET', `/v1/picks/${far}`)).body.outcomes).toEqual([]);
    expect((await app.ask('GET', `/v1/picks/${near}`)).body.outcomes).toEqual([body.outcome]);
  });

  it('of no pick within the tolerance is stored nowhere, unless any distance will do', async () => {
    const uuid = await scalp({ symbol: 'FAR' });
    const far = anExit({ symbol: 'far', entry_time: '2026-01-09T09:00:00', entry_price: 150 });
    const refused = await app.ask('POST', '/v1/picks/exits', far, { 'idempotency-key': 'far' });
    expect(refused).toMatchObject({ status: 404, body: { code: 'TRADING_EXIT_UNMATCHED' } });
    const wider = { ...far, tolerance_minutes: 240, tolerance_pct: 50 };
    expect((await app.ask('POST', '/v1/picks/exits', wider)).body.pick_uuid).toBe(uuid);
    expect((await app.ask('POST', '/v1/picks/exits', { ...far, any_distance: true })).body.score).toBe(320);
  });

  it('of another day is of no pick, at any distance', async () => {
    await scalp({ symbol: 'DAY' });
    const other = anExit({ symbol: 'DAY', entry_time: '2026-01-10T05:02:00Z', any_distance: true });
    expect((await app.ask('POST', '/v1/picks/exits', other)).body).toMatchObject({ code: 'TRADING_EXIT_UNMATCHED' });
  });

  it.each([
    ['no symbol', anExit({ symbol: undefined })],
    ['no entry time', anExit({ entry_time: undefined })],
    ['an entry time that is none', anExit({ entry_time: 'noon' })],
    ['a tolerance below 0', anExit({ tolerance_minutes: -1 })],
    ['a wish that is a text', anExit({ any_distance: 'yes' })],
  ])('is refused with %s', async (_what, body) => {
    expect((await app.ask('POST', '/v1/picks/exits', body)).status).toBe(422);
  });
});

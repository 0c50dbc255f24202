import { formatApiKey, hashOfSecret, newApiKey, PostgresUnavailableError, type StoredApiKey } from '@sluice/postgres';
import { callerOf } from '@sluice/trading-feature';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Gate, KeyGate, LoopbackGate } from './gate';
import { KnownKeys } from './known-keys';
import { RateLimits } from './rate-limits';

interface Asked {
  readonly method?: string;
  readonly route?: string;
  readonly headers?: Record<string, string>;
  readonly address?: string;
}

const aRequest = ({ method = 'GET', route, headers = {}, address = '127.0.0.1' }: Asked): FastifyRequest =>
  ({
    ...{ method, headers, ip: address, socket: { remoteAddress: address } },
    ...{ is404: route === undefined, routeOptions: { url: route } },
  }) as unknown as FastifyRequest;

const aReply = () => ({ headers: () => undefined }) as unknown as FastifyReply;

/** The code of the refusal; null where the request may go on. */
async function refusal(gate: Gate, asked: Asked): Promise<string | null> {
  try {
    await gate.admit(aRequest(asked), aReply());
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('LoopbackGate', () => {
  const gate = new LoopbackGate();
  const read = { route: '/v1/runs' };
  const change = { method: 'POST', route: '/v1/runs' };

  it.each<[string, Asked, string | null]>([
    ['a read from this machine', read, null],
    ['a read through a proxy', { ...read, headers: { 'x-forwarded-for': '10.0.0.7' } }, null],
    ['a read under the name of another site', { ...read, headers: { host: 'evil.example' } }, 'API_LOCAL_ONLY'],
    ['a change from this machine', change, null],
    ['a change through a proxy', { ...change, headers: { via: '1.1 a' } }, 'API_LOCAL_ONLY'],
    ['a change by a page of another site', { ...change, headers: { origin: 'https://a.example' } }, 'API_LOCAL_ONLY'],
    ['a change from another machine', { ...change, address: '10.0.0.7' }, 'API_LOCAL_ONLY'],
    ['what a cache holds, for another machine', { route: '/v1/admin/caches', address: '10.0.0.7' }, 'API_LOCAL_ONLY'],
    ['a probe under any name', { route: '/health/live', headers: { host: 'pod-7' } }, null],
  ])('decides on %s', async (_what, asked, code) => expect(await refusal(gate, asked)).toBe(code));

  it('lets reads pass at once where it would admit them', () => {
    expect(gate.admitRead({ host: 'localhost:3000' })).toEqual({ headers: {} });
    expect(gate.admitRead({ host: 'evil.example' })).toBeNull();
  });
});

/** A gate over one key, whose table the test may take away. */
function aKeyGate(over: Partial<StoredApiKey> = {}, perKey = 100) {
  const made = newApiKey();
  const stored: StoredApiKey = {
    ...{ id: made.id, name: 'a', scopes: ['read'], secretHash: hashOfSecret(made.secret), createdAt: new Date(0) },
    ...{ expiresAt: null, revokedAt: null, lastUsedAt: null, ...over },
  };
  const table = { isAway: false, nowMs: 0, notes: 0 };
  const clock = { nowMs: () => table.nowMs };
  const find = async (id: string): Promise<StoredApiKey | null> => {
    if (table.isAway) throw new PostgresUnavailableError(new Error('refused'));
    return id === stored.id ? stored : null;
  };
  const gate = new KeyGate({
    ...{ keys: new KnownKeys({ find }, clock), clock, log: { event: () => undefined } },
    uses: { noteUse: async () => void table.notes++ },
    limits: { ofKeys: new RateLimits(null, clock), ofAddresses: new RateLimits(null, clock) },
    rates: { perKey, perAddress: 5 },
  });
  return { gate, table, stored, headers: { 'x-api-key': formatApiKey(made) } };
}

describe('KeyGate', () => {
  const route = '/v1/runs';

  it('notes who asks, and once an hour that the key is used', async () => {
    const { gate, table, stored, headers } = aKeyGate();
    const request = aRequest({ route, headers });
    await gate.admit(request, aReply());
    await gate.admit(aRequest({ route, headers }), aReply());
    expect([callerOf(request), table.notes]).toEqual([stored.id, 1]);
    table.nowMs = 3_600_000;
    await gate.admit(aRequest({ route, headers }), aReply());
    expect(table.notes).toBe(2);
  });

  it.each<[string, Partial<StoredApiKey>]>([
    ['revoked', { revokedAt: new Date(0) }],
    ['expired', { expiresAt: new Date(0) }],
  ])('refuses a key that is %s', async (_what, over) => {
    const { gate, headers } = aKeyGate(over);
    expect(await refusal(gate, { route, headers })).toBe('API_KEY_INVALID');
  });

  it('lets a key expire at its time, though it is known', async () => {
    const { gate, table, headers } = aKeyGate({ expiresAt: new Date(1_000) });
    expect(await refusal(gate, { route, headers })).toBeNull();
    table.nowMs = 1_000;
    expect(await refusal(gate, { route, headers })).toBe('API_KEY_INVALID');
  });

  it('lets known keys go on while PostgreSQL is away, and says of others that it cannot know', async () => {
    const { gate, table, headers } = aKeyGate();
    await refusal(gate, { route, headers });
    table.isAway = true;
    table.nowMs = 10_000;
    expect(await refusal(gate, { route, headers })).toBeNull();
    const other = { 'x-api-key': formatApiKey(newApiKey()) };
    expect(await refusal(gate, { route, headers: other })).toBe('POSTGRES_UNAVAILABLE');
  });

  it('makes the address pay for wrong keys, and lets the right one pass meanwhile', async () => {
    const { gate, headers } = aKeyGate();
    await refusal(gate, { route, headers });
    const codes: (string | null)[] = [];
    for (let i = 0; i < 6; i++)
      codes.push(await refusal(gate, { route, headers: { 'x-api-key': `${headers['x-api-key'].slice(0, -5)}AAAAA` } }));
    expect(codes.slice(-2)).toEqual(['API_TOO_MANY_REQUESTS', 'API_TOO_MANY_REQUESTS']);
    expect(await refusal(gate, { route, headers })).toBeNull();
    expect(await refusal(gate, { route, headers: {}, address: '10.0.0.8' })).toBe('API_KEY_MISSING');
  });

  it('limits a key, whatever address it comes from', async () => {
    const { gate, headers } = aKeyGate({}, 3);
    const codes = [];
    for (let i = 0; i < 4; i++) codes.push(await refusal(gate, { route, headers, address: `10.0.0.${i}` }));
    expect(codes).toEqual([null, null, null, 'API_TOO_MANY_REQUESTS']);
  });

  it('lets a known key read at once, says what is left of its limit, and charges it', async () => {
    const { gate, table, stored, headers } = aKeyGate();
    expect(gate.admitRead(headers)).toBeNull();
    await refusal(gate, { route, headers });
    expect(gate.admitRead(headers)).toEqual({
      key: stored.id,
      headers: { 'ratelimit-policy': '"minute";q=100;w=60', ratelimit: '"minute";r=98;t=60' },
    });
    expect(table.notes).toBe(1);
  });

  it.each<[string, Partial<StoredApiKey>, number]>([
    ['has been revoked', { revokedAt: new Date(0) }, 0],
    ['has expired since', { expiresAt: new Date(1_000) }, 1_000],
    ['may not read', { scopes: ['write'] }, 0],
    ['was last seen in the table too long ago', {}, 3_000],
  ])('lets nothing pass at once by a key that %s', async (_what, over, laterMs) => {
    const { gate, table, headers } = aKeyGate(over);
    await refusal(gate, { route, headers });
    table.nowMs = laterMs;
    expect(gate.admitRead(headers)).toBeNull();
  });

  it('lets nothing pass at once without the whole key', async () => {
    const { gate, headers } = aKeyGate();
    await refusal(gate, { route, headers });
    for (const key of [undefined, 'x', `${headers['x-api-key'].slice(0, -5)}AAAAA`])
      expect(gate.admitRead(key === undefined ? {} : { 'x-api-key': key })).toBeNull();
    expect(gate.admitRead(headers)).not.toBeNull();
  });

  it('leaves it to the usual way to take more of the limit', async () => {
    const { gate, headers } = aKeyGate({}, 3); // Of which a process takes one at a time.
    await refusal(gate, { route, headers });
    expect(gate.admitRead(headers)).toBeNull();
    expect(await refusal(gate, { route, headers })).toBeNull();
  });
});

import type { Client } from 'pg';
import { evaluate, type GateContext, type RedisProbe } from '../gate';
import { healthGate } from './health.gate';

const sound = { version: '17.6', readOnly: false, fsync: 'on', pages: 'on', commits: 'on' };

async function ask(server: Partial<typeof sound>, redis: () => Promise<readonly RedisProbe[]>): Promise<string> {
  const query = () => Promise.resolve({ rows: [{ ...sound, ...server }] });
  const client = { query, getTransactionStatus: () => 'I' } as unknown as Client;
  const probes = { schema: () => Promise.reject(new Error('not asked')), redis };
  const { passed, evidence } = await evaluate(healthGate, { client, probes } as unknown as GateContext);
  return `${passed ? 'open' : 'shut'}: ${evidence}`;
}

const corpus =
  (worst: RedisProbe['worst'], text: string): (() => Promise<readonly RedisProbe[]>) =>
  () =>
    Promise.resolve([{ role: 'corpus', worst, text, remedy: worst === 'ok' ? undefined : 'Set it.' }]);
const none = (): Promise<readonly RedisProbe[]> => Promise.resolve([]);

it('is open where PostgreSQL keeps what it takes, with or without a Redis', async () => {
  expect(await ask({}, none)).toBe('open: PostgreSQL 17.6; no Redis is given');
  expect(await ask({}, corpus('ok', 'noeviction'))).toBe('open: PostgreSQL 17.6; Redis (corpus): noeviction');
});

it.each([
  [{ readOnly: true }, 'shut: PostgreSQL is read-only'],
  [
    { fsync: 'off', pages: 'off' },
    'shut: PostgreSQL may lose what it acknowledged: fsync is off, full_page_writes is off',
  ],
  [{ commits: 'off' }, 'shut: PostgreSQL may lose what it acknowledged: synchronous_commit is off'],
])('is shut for %j', async (server, answer) => {
  expect(await ask(server, none)).toBe(answer);
});

it('is shut by a Redis that evicts what only it has, and by one that cannot be asked', async () => {
  expect(await ask({}, corpus('error', 'allkeys-lru'))).toBe('shut: Redis (corpus): allkeys-lru');
  expect(await ask({}, () => Promise.reject(new Error('away')))).toBe('shut: could not be checked: away');
});

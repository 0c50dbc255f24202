import { randomBytes } from 'node:crypto';
import { freshDatabase } from '@sluice/testing';
import { CacheOutbox } from './cache-outbox';
import { Prisma } from './generated/client';
import { IdempotencyKeyReusedError, IdempotentWrites, type IdempotentRequest } from './idempotent-writes';
import { Postgres, type Transaction } from './postgres';

let postgres: Postgres;
let writes: IdempotentWrites;

beforeAll(async () => {
  postgres = new Postgres({ url: (await freshDatabase()).url });
  writes = new IdempotentWrites(new CacheOutbox(postgres));
});
afterAll(() => postgres.close());

const aRequest = (over: Partial<IdempotentRequest> = {}): IdempotentRequest => ({
  caller: 'a',
  key: randomBytes(8).toString('hex'),
  fingerprint: Buffer.from('what is asked for'),
  ...over,
});

/** Writes one row and answers its id as text. */
async function log(tx: Transaction, model: string): Promise<{ id: string }> {
  const [row] = await tx.$queryRaw<{ id: string }[]>(
    Prisma.sql`INSERT INTO llm_requests (model) VALUES (${model}) RETURNING id::text AS id`,
  );
  return row!;
}

const countOf = async (model: string): Promise<number> =>
  (await postgres.rows(Prisma.sql`SELECT 1 FROM llm_requests WHERE model = ${model}`)).length;

it('does a request once and answers the second one from the first', async () => {
  const request = aRequest();
  const first = await writes.run(request, (tx) => log(tx, 'once'));
  const second = await writes.run(request, (tx) => log(tx, 'once'));
  expect(first.isReplayed).toBe(false);
  expect(second).toEqual({ answer: first.answer, isReplayed: true });
  await expect(countOf('once')).resolves.toBe(1);
});

it('does a request each time where it has no key', async () => {
  await writes.run(null, (tx) => log(tx, 'keyless'));
  await writes.run(null, (tx) => log(tx, 'keyless'));
  await expect(countOf('keyless')).resolves.toBe(2);
});

it('does one of many that come at the same time', async () => {
  const request = aRequest();
  const all = await Promise.all(Array.from({ length: 8 }, () => writes.run(request, (tx) => log(tx, 'many'))));
  expect(all.filter(({ isReplayed }) => !isReplayed)).toHaveLength(1);
  expect(new Set(all.map(({ answer }) => answer.id)).size).toBe(1);
  await expect(countOf('many')).resolves.toBe(1);
});

it('keeps no key of a request that failed', async () => {
  const request = aRequest();
  const failing = writes.run(request, async (tx) => {
    await log(tx, 'failed');
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  await expect(countOf('failed')).resolves.toBe(0);
  await expect(writes.run(request, (tx) => log(tx, 'failed'))).resolves.toMatchObject({ isReplayed: false });
});

it('refuses the key for another request, and takes it from another caller', async () => {
  const request = aRequest();
  await writes.run(request, (tx) => log(tx, 'mine'));
  const other = { ...request, fingerprint: Buffer.from('something else') };
  await expect(writes.run(other, (tx) => log(tx, 'mine'))).rejects.toThrow(IdempotencyKeyReusedError);
  const theirs = await writes.run({ ...other, caller: 'b' }, (tx) => log(tx, 'mine'));
  expect(theirs.isReplayed).toBe(false);
});

it('forgets a key after its time, also of requests that never come again', async () => {
  const [request, abandoned] = [aRequest(), aRequest()];
  await writes.run(request, (tx) => log(tx, 'old'));
  await writes.run(abandoned, (tx) => log(tx, 'old'));
  await postgres.rows(Prisma.sql`UPDATE idempotency_keys SET expires_at = now() - interval '1 second' RETURNING 1`);
  await expect(writes.run(request, (tx) => log(tx, 'old'))).resolves.toMatchObject({ isReplayed: false });
  await expect(writes.run(request, (tx) => log(tx, 'old'))).resolves.toMatchObject({ isReplayed: true });
  const left = await postgres.rows(Prisma.sql`SELECT 1 FROM idempotency_keys WHERE key = ${abandoned.key}`);
  expect(left).toHaveLength(0);
});

import { freshDatabase, startPostgres } from '@sluice/testing';
import { BatchedReads, BatchPool } from './batched-reads';
import { PostgresUnavailableError } from './postgres.errors';

const statement = {
  name: 'sum_of',
  sql: `SELECT asked.at::int, jsonb_build_object('sum', asked.a::int + asked.b::int)::text
          FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (a, b, at) WHERE asked.a <> 'no'`,
  parts: 2,
};

it('reads text by key, many in one statement', async () => {
  const pool = new BatchPool({ url: (await freshDatabase()).url });
  try {
    const reads = new BatchedReads(pool, statement);
    const keys = Array.from({ length: 700 }, (_, i) => [String(i), '1']);
    const texts = await Promise.all([...keys.map((key) => reads.read(key)), reads.read(['no', '1'])]);
    expect(texts.slice(0, 700)).toEqual(keys.map(([a]) => `{"sum": ${Number(a) + 1}}`));
    expect(texts[700]).toBeNull();
  } finally {
    await pool.close();
  }
});

it('says that PostgreSQL is away, and reads again when it is back', async () => {
  const server = await startPostgres({ migrated: false });
  const pool = new BatchPool({ url: server.url, connectTimeoutMs: 2_000 });
  try {
    const reads = new BatchedReads(pool, statement);
    await expect(reads.read(['1', '2'])).resolves.toBe('{"sum": 3}');
    await server.kill();
    await expect(reads.read(['1', '2'])).rejects.toThrow(PostgresUnavailableError);
    await server.restart();
    await expect(reads.read(['3', '2'])).resolves.toBe('{"sum": 5}');
  } finally {
    await pool.close();
    await server.stop();
  }
});

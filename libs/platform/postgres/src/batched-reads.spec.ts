import { BatchedReads, type BatchedStatement, type BatchPool } from './batched-reads';

const statement: BatchedStatement = { name: 'by_name', sql: '', parts: 1 };

/** Answers each key with itself in capitals, none for `none`; batches wait until they are let go. */
class HeldPool {
  readonly batches: string[][] = [];
  private readonly held: (() => void)[] = [];
  failure: Error | null = null;

  async texts(_statement: BatchedStatement, [names = []]: string[][]): Promise<Map<number, string>> {
    this.batches.push(names);
    await new Promise<void>((resolve) => this.held.push(resolve));
    if (this.failure) throw this.failure;
    return new Map(names.flatMap((name, i) => (name === 'none' ? [] : [[i + 1, name.toUpperCase()] as const])));
  }

  async letGo(): Promise<void> {
    await nextTurn();
    this.held.splice(0).forEach((resolve) => resolve());
    await nextTurn();
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

function someReads(): { pool: HeldPool; reads: BatchedReads } {
  const pool = new HeldPool();
  return { pool, reads: new BatchedReads(pool as unknown as BatchPool, statement) };
}

it('reads what is asked for in one turn at once, each key once, and says what is not there', async () => {
  const { pool, reads } = someReads();
  const all = Promise.all(['a', 'b', 'a', 'none'].map((name) => reads.read([name])));
  await pool.letGo();
  await expect(all).resolves.toEqual(['A', 'B', 'A', null]);
  expect(pool.batches).toEqual([['a', 'b', 'none']]);
});

it('keeps two batches at the server, and gathers what comes meanwhile', async () => {
  const { pool, reads } = someReads();
  const all: Promise<string | null>[] = [];
  for (const name of ['a', 'b', 'c', 'd']) {
    all.push(reads.read([name]));
    await nextTurn();
  }
  expect(pool.batches).toEqual([['a'], ['b']]);
  await pool.letGo();
  expect(pool.batches).toEqual([['a'], ['b'], ['c', 'd']]);
  await pool.letGo();
  await expect(Promise.all(all)).resolves.toEqual(['A', 'B', 'C', 'D']);
});

it('sends no more than 500 keys at once', async () => {
  const { pool, reads } = someReads();
  const all = Promise.all(Array.from({ length: 1_100 }, (_, i) => reads.read([`k${i}`])));
  for (let i = 0; i < 3; i++) await pool.letGo();
  await expect(all).resolves.toHaveLength(1_100);
  expect(pool.batches.map(({ length }) => length)).toEqual([500, 500, 100]);
});

it('fails every caller of a batch that failed, and only those', async () => {
  const { pool, reads } = someReads();
  pool.failure = new Error('gone');
  const failing = [reads.read(['a']), reads.read(['b'])].map((read) => read.catch((error: Error) => error.message));
  await pool.letGo();
  await expect(Promise.all(failing)).resolves.toEqual(['gone', 'gone']);
  pool.failure = null;
  const next = reads.read(['a']);
  await pool.letGo();
  await expect(next).resolves.toBe('A');
});

it('refuses a key of another number of parts', () => {
  expect(() => someReads().reads.read(['a', 'b'])).toThrow(TypeError);
});

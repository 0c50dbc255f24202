import { startPostgres, type OwnPostgres } from '@sluice/testing';
import { Prisma } from './generated/client';
import { Postgres } from './postgres';
import { PostgresUnavailableError } from './postgres.errors';

describe('Postgres', () => {
  let server: OwnPostgres;
  let postgres: Postgres;
  /** Has what it asks answered at once, and waits for no more. */
  let hasty: Postgres;

  beforeAll(async () => {
    server = await startPostgres({ migrated: false });
    postgres = new Postgres({ url: server.url, poolSize: 2, statementTimeoutMs: 60_000 });
    hasty = new Postgres({ url: server.url, poolSize: 2, statementTimeoutMs: 300 });
  });
  afterAll(async () => {
    await Promise.all([postgres.close(), hasty.close()]);
    await server.stop();
  });

  /** A killed postmaster's sessions end a moment after it, so the first pings may still be answered. */
  const firstFailure = async (): Promise<unknown> => {
    for (;;) {
      const failure: unknown = await postgres.ping().then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure !== undefined) return failure;
    }
  };

  it('recovers by itself when the server was killed and came back', async () => {
    await postgres.ping();
    await server.kill();
    expect(await firstFailure()).toBeInstanceOf(PostgresUnavailableError);
    await server.restart();
    await postgres.ping();
  });

  it('outlives a server that dies between two statements of a transaction', async () => {
    const cut = postgres.transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1`;
      await server.kill();
      await new Promise((resolve) => setTimeout(resolve, 100)); // The connection is told of it in an event of its own.
      await tx.$queryRaw`SELECT 1`;
    });
    await expect(cut).rejects.toBeInstanceOf(PostgresUnavailableError);
    await server.restart();
    await postgres.ping();
  });

  it('tells of a server that takes no writes, and that a write to it was none', async () => {
    expect(await postgres.ping()).toEqual({ isReadOnly: false });
    const standby = new Postgres({ url: `${server.url}?options=-c%20default_transaction_read_only%3Don`, poolSize: 1 });
    expect(await standby.ping()).toEqual({ isReadOnly: true });
    const write = Prisma.sql`CREATE TABLE taken (at integer)`;
    await expect(standby.rows(write)).rejects.toMatchObject({ code: 'POSTGRES_READ_ONLY', kind: 'unavailable' });
    await expect(standby.transaction((tx) => tx.$executeRaw(write))).rejects.toMatchObject({
      code: 'POSTGRES_READ_ONLY',
    });
    await standby.close();
  });

  it('gives up on a statement that takes longer than allowed', async () => {
    await expect(hasty.rows(Prisma.sql`SELECT pg_sleep(30)::text`)).rejects.toMatchObject({
      code: 'POSTGRES_UNAVAILABLE',
    });
  });

  it('gives up on a transaction that takes longer than allowed, though none of its statements does', async () => {
    const slow = hasty.transaction(async (tx) => {
      for (let part = 0; part < 6; part++) await tx.$queryRaw`SELECT pg_sleep(0.25)::text`;
    });
    await expect(slow).rejects.toMatchObject({ code: 'POSTGRES_UNAVAILABLE' });
  });

  it('says so where another writer was in the way, and has written nothing', async () => {
    const rows = Prisma.sql`CREATE TABLE contended AS SELECT id, 0 AS n FROM generate_series(1, 2) AS id`;
    await postgres.run((prisma) => prisma.$executeRaw(rows));
    let locked = 0;
    let bothAreLocked = (): void => undefined;
    const both = new Promise<void>((resolve) => (bothAreLocked = resolve));
    const crossing = (first: number, second: number): Promise<unknown> =>
      postgres.transaction(async (tx) => {
        await tx.$executeRaw`SET LOCAL deadlock_timeout = '50ms'`;
        await tx.$executeRaw`UPDATE contended SET n = n + 1 WHERE id = ${first}`;
        if (++locked === 2) bothAreLocked();
        await both;
        await tx.$executeRaw`UPDATE contended SET n = n + 1 WHERE id = ${second}`;
      });
    const ends = await Promise.allSettled([crossing(1, 2), crossing(2, 1)]);
    const failed = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
    expect(failed).toEqual([expect.objectContaining({ code: 'WRITE_CONTENDED' })]);
    expect(await postgres.rows(Prisma.sql`SELECT n FROM contended`)).toEqual([{ n: 1 }, { n: 1 }]);
  });

  it('tells of its connections, and of what it asks, without values', async () => {
    const asked: string[] = [];
    const observed = new Postgres({
      ...{ url: server.url, poolSize: 1 },
      observe: (operation, work) => {
        asked.push(operation);
        return work();
      },
    });
    try {
      expect(observed.pool).toEqual({ inUse: 0, idle: 0, waiting: 0 });
      const [, during] = await observed.transaction(async (tx) => [
        await tx.$queryRaw`SELECT 1`,
        { ...observed.pool, waits: observed.rows(Prisma.sql`SELECT oid FROM pg_class WHERE relname = ${'hunter2'}`) },
      ]);
      expect(during).toMatchObject({ inUse: 1, idle: 0 });
      await during.waits;
      expect(observed.pool).toEqual({ inUse: 0, idle: 1, waiting: 0 });
      expect(asked).toEqual(['transaction', 'SELECT pg_class']);
    } finally {
      await observed.close();
    }
  });

  it('leaves a failure of the statement itself as it is', async () => {
    await expect(postgres.rows(Prisma.sql`SELECT * FROM nothing_here`)).rejects.not.toBeInstanceOf(
      PostgresUnavailableError,
    );
  });

  it('tells in one line what was wrong, without the values that came with it', async () => {
    const data = { nothingOfOurs: 'a value of theirs' } as never;
    const failures = [
      postgres.rows(Prisma.sql`SELECT 1 / 0`),
      postgres.run((prisma) => prisma.llmRequest.create({ data })),
    ];
    const told = (await Promise.allSettled(failures)).map((end) => (end as PromiseRejectedResult).reason as Error);
    expect(told.map(({ message }) => message)).toEqual([
      'Raw query failed. Code: `22012`. Message: `division by zero`',
      expect.stringMatching(/^Argument `.+` is missing\.$/),
    ]);
    for (const { stack } of told) expect(stack).not.toMatch(/invocation|theirs/);
  });

  it('gives up on a server that is frozen', async () => {
    server.freeze();
    try {
      await expect(hasty.ping()).rejects.toMatchObject({ code: 'POSTGRES_UNAVAILABLE' });
    } finally {
      server.thaw();
    }
  });
});

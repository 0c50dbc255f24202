import { startPostgres, type OwnPostgres } from '@sluice/testing';
import { Prisma } from './generated/client';
import { Postgres } from './postgres';
import { PostgresUnavailableError } from './postgres.errors';

describe('Postgres', () => {
  let server: OwnPostgres;
  let postgres: Postgres;

  beforeAll(async () => {
    server = await startPostgres({ migrated: false });
    postgres = new Postgres({ url: server.url, poolSize: 2, statementTimeoutMs: 300 });
  });
  afterAll(async () => {
    await postgres.close();
    await server.stop();
  });

  /** A killed postmaster's sessions end a moment after it, so the first pings may still be answered. */
  const firstFailure = async (): Promise<unknown> => {
    for (;;) {
      const failure: unknown = await postgres.ping().catch((error: unknown) => error);
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

  it('gives up on a statement that takes longer than allowed', async () => {
    await expect(postgres.rows(Prisma.sql`SELECT pg_sleep(30)::text`)).rejects.toMatchObject({
      code: 'POSTGRES_UNAVAILABLE',
    });
  });

  it('leaves a failure of the statement itself as it is', async () => {
    await expect(postgres.rows(Prisma.sql`SELECT * FROM nothing_here`)).rejects.not.toBeInstanceOf(
      PostgresUnavailableError,
    );
  });

  it('gives up on a server that is frozen', async () => {
    server.freeze();
    try {
      await expect(postgres.ping()).rejects.toMatchObject({ code: 'POSTGRES_UNAVAILABLE' });
    } finally {
      server.thaw();
    }
  });
});

import { freshDatabase, type FreshDatabase } from '@sluice/testing';
import { LegacyFollowRepository } from './legacy-follow.repository';
import { Postgres } from './postgres';

describe('LegacyFollowRepository', () => {
  let database: FreshDatabase;
  let postgres: Postgres;

  beforeEach(async () => {
    database = await freshDatabase();
    postgres = new Postgres({ url: database.url, poolSize: 1 });
  });
  afterEach(async () => {
    await postgres.close();
    await database.drop();
  });

  const followed = (tableName: string, over: { state?: string; seenAt?: Date; caughtUpAt?: Date; lagRows?: bigint }) =>
    postgres.run((prisma) =>
      prisma.migrationFollow.create({
        data: {
          ...{ tableName, sourcePath: 'cache/x.db', feed: 'change-log', generation: 'g', position: 7n, holder: 'h' },
          ...{ plan: '00000000-0000-0000-0000-000000000001', run: '00000000-0000-0000-0000-000000000002' },
          ...{ state: 'following', ...over },
        },
      }),
    );
  const secondsAgo = (seconds: number): Date => new Date(Date.now() - seconds * 1000);

  it('tells a follower that is alive from one that ended without a word, and what is behind', async () => {
    await followed('idle', { caughtUpAt: secondsAgo(4) });
    await followed('busy', { caughtUpAt: secondsAgo(40), lagRows: 12n });
    await followed('killed', { seenAt: secondsAgo(100), caughtUpAt: secondsAgo(100) });
    await followed('stopped', { state: 'ended', caughtUpAt: secondsAgo(100) });
    const states = await new LegacyFollowRepository(postgres).list();
    const shown = states.map(({ table, state, lagRows, lagSeconds }) => [table, state, lagRows, Math.round(lagSeconds ?? -1) >= 100 ? 'long' : Math.round(lagSeconds ?? -1) > 0]); // prettier-ignore
    expect(shown).toEqual([
      ['busy', 'following', 12, true],
      ['idle', 'following', 0, false],
      ['killed', 'lost', 0, 'long'],
      ['stopped', 'ended', 0, 'long'],
    ]);
  });

  it('is empty in a database of an older release', async () => {
    await postgres.run((prisma) => prisma.$executeRaw`DROP TABLE migration_follow`);
    expect(await new LegacyFollowRepository(postgres).list()).toEqual([]);
  });
});

import { freshDatabase, type FreshDatabase } from '@sluice/testing';
import { Prisma } from './generated/client';
import { LegacyMigrationRepository } from './legacy-migration.repository';
import { Postgres } from './postgres';

describe('LegacyMigrationRepository', () => {
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

  const begun = (name: string, status: string) =>
    postgres.run((prisma) =>
      prisma.migrationTable.create({
        data: {
          ...{ name, status, sourcePath: 'cache/x.db', fingerprint: {}, mappingDigest: 'm', choices: {}, lane: 'sql' },
          ...{ rowsSource: 10n, rowsCopied: 8n, rowsQuarantined: 2n },
          plan: '00000000-0000-0000-0000-000000000001',
        },
      }),
    );
  const verified = (name: string, clean: boolean, finishedAt: Date | null) =>
    postgres.run((prisma) =>
      prisma.migrationVerification.create({
        data: {
          ...{ tableName: name, clean, finishedAt, runId: '00000000-0000-0000-0000-000000000000' },
          ...{ startedAt: new Date(0), rowsSource: 10n, rowsTarget: 8n, rowsQuarantined: 2n, rowsSkipped: 0n },
          ...{ differences: clean ? 0n : 1n, digest: '' },
        },
      }),
    );

  it('shows each table with its last finished verification', async () => {
    await begun('llm_requests', 'copying');
    await begun('ai_recommendations', 'copied');
    await verified('ai_recommendations', false, new Date(1000));
    await verified('ai_recommendations', true, new Date(2000));
    await verified('ai_recommendations', false, null);
    const counts = { rowsSource: 10, rowsCopied: 8, rowsQuarantined: 2, rowsSkipped: 0 };
    expect(await new LegacyMigrationRepository(postgres).list()).toEqual([
      {
        ...{ table: 'ai_recommendations', status: 'copied', ...counts },
        verification: { clean: true, finishedAt: '1970-01-01T00:00:02.000Z' },
      },
      { table: 'llm_requests', status: 'copying', ...counts, verification: null },
    ]);
  });

  it('is empty where the schema has no such tables yet', async () => {
    await postgres.rows(Prisma.sql`DROP TABLE migration_ranges, migration_tables`);
    expect(await new LegacyMigrationRepository(postgres).list()).toEqual([]);
  });
});

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freshDatabase, tempDir, type FreshDatabase } from '@sluice/testing';
import { Prisma } from './generated/client';
import { findMigrationsFolder, MigrationHistory } from './migration-history';
import { Postgres } from './postgres';

describe('MigrationHistory', () => {
  let database: FreshDatabase;
  let postgres: Postgres;

  const open = async (options: { migrated: boolean }) => {
    database = await freshDatabase(options);
    postgres = new Postgres({ url: database.url, poolSize: 1 });
  };
  afterEach(async () => {
    await postgres.close();
    await database.drop();
  });

  it('finds nothing to do in a migrated database', async () => {
    await open({ migrated: true });
    const state = await new MigrationHistory(postgres).read();
    expect(state).toMatchObject({ pending: [], failed: [], changed: [], unknown: [] });
    expect(state.applied.length).toBeGreaterThan(0);
  });

  it('names every migration as pending in an empty database', async () => {
    await open({ migrated: false });
    const state = await new MigrationHistory(postgres).read();
    expect(state.applied).toEqual([]);
    expect(state.pending[0]).toMatch(/^\d{14}_init$/);
  });

  it('tells failed, changed and unknown migrations apart', async () => {
    await open({ migrated: true });
    const dir = await tempDir();
    try {
      await mkdir(path.join(dir.path, '1_mine'));
      await writeFile(path.join(dir.path, '1_mine', 'migration.sql'), 'SELECT 1');
      await postgres.rows(Prisma.sql`DELETE FROM _prisma_migrations`);
      await postgres.rows(Prisma.sql`
        INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at)
        VALUES ('a', 'other', '1_mine', now()), ('b', 'x', '2_newer', now()), ('c', 'x', '3_broken', NULL)`);
      expect(await new MigrationHistory(postgres, dir.path).read()).toEqual({
        applied: ['1_mine', '2_newer'],
        pending: [],
        failed: ['3_broken'],
        changed: ['1_mine'],
        unknown: ['2_newer'],
      });
    } finally {
      await dir.remove();
    }
  });

  it('says where it looked when there is no folder of migrations', async () => {
    await open({ migrated: false });
    expect(() => findMigrationsFolder('/')).toThrow('No prisma/migrations folder at or above /.');
  });
});

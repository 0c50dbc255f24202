import path from 'node:path';
import { freshDatabase, freshRedis, run, startRedis, tempDir, type TempDir } from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { program, sluice, sluiceJson } from './sluice';
import { query } from './target';

interface Finding {
  readonly check: string;
  readonly state: 'good' | 'note' | 'bad';
  readonly text: string;
  readonly remedy?: string;
}

let dir: TempDir;
let legacy: string;
beforeAll(async () => {
  dir = await tempDir();
  legacy = path.join(dir.path, 'legacy');
  makeSampleTree({ dir: legacy, seed: 31, rows: 300, hazards: false, files: false });
});
afterAll(() => dir.remove());

const finding = (findings: readonly Finding[], name: string): Finding | undefined =>
  findings.find(({ check }) => check === name);

describe('sluice doctor', () => {
  it('ends with 0 where a migration can run', async () => {
    const [database, redis] = await Promise.all([freshDatabase(), freshRedis()]);
    const { code, document } = await sluiceJson<Finding[]>(['doctor'], {
      database: database.url,
      redis: redis.url,
      legacy,
    });
    expect(code).toBe(0);
    expect(document.filter(({ state }) => state === 'bad')).toEqual([]);
    for (const check of ['node', 'postgres', 'schema', 'redis', 'legacy']) {
      expect(finding(document, check)).toMatchObject({ check, state: 'good' });
    }
    await database.drop();
  });

  it('needs no setting, and says what is not set', async () => {
    const { code, stdout } = await sluice(['doctor']);
    expect(code).toBe(0);
    for (const variable of ['DATABASE_URL', 'REDIS_URL', 'LEGACY_DIR'])
      expect(stdout).toContain(`${variable} is not set`);
  });

  it('ends with 6 where PostgreSQL is away, looks at the rest, and shows no password', async () => {
    const { code, document } = await sluiceJson<Finding[]>(['doctor'], {
      database: 'postgresql://postgres:hunter2@127.0.0.1:1/nothing',
      legacy,
    });
    expect(code).toBe(6);
    expect(finding(document, 'postgres')?.state).toBe('bad');
    expect(finding(document, 'legacy')?.state).toBe('good');
    expect(finding(document, 'postgres')?.text).toMatch(/^PostgreSQL does not answer\./);
    expect(finding(document, 'postgres')?.remedy).toContain('DATABASE_URL');
    for (const check of ['schema', 'audit'])
      expect(finding(document, check)).toEqual({ check, state: 'note', text: 'not looked at' });
    expect(JSON.stringify(document)).not.toMatch(/prisma\./);
    expect(JSON.stringify(document)).not.toContain('hunter2');
  });

  it('ends with 3 where migrations are pending, and with 0 after `sluice db migrate`', async () => {
    const database = await freshDatabase({ migrated: false });
    const before = await sluiceJson<Finding[]>(['doctor'], { database: database.url });
    expect(before.code).toBe(3);
    expect(finding(before.document, 'schema')).toMatchObject({ state: 'bad', remedy: 'Run `sluice db migrate`.' });
    const migrated = await sluiceJson<{ applied: string[] }>(['db', 'migrate'], { database: database.url });
    expect(migrated.document.applied.length).toBeGreaterThan(0);
    const again = await sluiceJson<{ applied: string[] }>(['db', 'migrate'], { database: database.url });
    expect(again.document.applied).toEqual([]);
    const after = await sluiceJson<Finding[]>(['doctor'], { database: database.url });
    expect(after.code).toBe(0);
    await database.drop();
  });

  describe('where `sluice db migrate` mends nothing', () => {
    const asked = async (sql: string) => {
      const database = await freshDatabase();
      await query(database.url, sql);
      const { code, document } = await sluiceJson<Finding[]>(['doctor'], { database: database.url });
      const status = await sluice(['db', 'status'], { database: database.url });
      const migrate = await sluice(['db', 'migrate'], { database: database.url });
      await database.drop();
      return { code, schema: finding(document, 'schema'), status, migrate };
    };

    it('says how to go on after a migration that broke off', async () => {
      const { code, schema, status, migrate } = await asked(
        `UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name LIKE '%_init'`,
      );
      expect({ code, schema }).toMatchObject({ code: 3, schema: { state: 'bad' } });
      const resolve = /npx prisma migrate resolve --rolled-back \d{14}_init/;
      expect(schema?.remedy).toMatch(resolve);
      expect(status.stdout).toMatch(resolve);
      expect({ code: migrate.code, stderr: migrate.stderr }).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('`sluice db status` shows'),
      });
    });

    it('names the release to use where the files are of another one', async () => {
      const { code, schema, status } = await asked(
        `UPDATE _prisma_migrations SET checksum = 'x' WHERE migration_name LIKE '%_init'`,
      );
      const remedy = expect.stringMatching(/^Use the release that made this database: here \d{14}_init is/) as string;
      expect({ code, schema }).toMatchObject({ code: 3, schema: { state: 'bad', remedy } });
      expect(status.stdout).toContain('Use the release that made this database');
    });

    it('tells of a newer release', async () => {
      const { code, schema, status } = await asked(
        `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'x', '2999_newer', now())`,
      );
      const remedy = 'Use the newer release that this database was brought up to.';
      expect({ code, schema }).toMatchObject({
        code: 0,
        schema: { state: 'note', text: expect.stringContaining('1 of them of a newer release') as string, remedy },
      });
      expect(status).toMatchObject({ code: 3, stdout: expect.stringContaining(remedy) as string });
    });
  });

  it('ends with 3 where the database is read-only', async () => {
    const database = await freshDatabase();
    const name = new URL(database.url).pathname.slice(1);
    await query(database.url, `ALTER DATABASE "${name}" SET default_transaction_read_only = on`);
    const { code, document } = await sluiceJson<Finding[]>(['doctor'], { database: database.url });
    expect(code).toBe(3);
    expect(finding(document, 'postgres')).toMatchObject({ state: 'bad' });
    expect(finding(document, 'postgres')?.text).toContain('read-only');
    await database.drop();
  });

  it('looks for room where private copies are made', async () => {
    const askedWith = async (folder: string) => {
      const env = { DATABASE_URL: undefined, REDIS_URL: undefined, LEGACY_DIR: legacy, TMPDIR: folder };
      const { code, stdout } = await run(process.execPath, [program, 'doctor', '--json'], { env });
      return { code, disk: finding(JSON.parse(stdout) as Finding[], 'disk') };
    };
    const there = await askedWith(dir.path);
    expect(there.disk?.text).toMatch(/free in /);
    expect(there.disk?.text).toContain(dir.path);
    expect(await askedWith(path.join(dir.path, 'nowhere'))).toMatchObject({
      code: 0,
      disk: { state: 'note', remedy: expect.stringContaining('TMPDIR') as string },
    });
  });

  it('ends with 3 where the legacy folder is none', async () => {
    const { code, document } = await sluiceJson<Finding[]>(['doctor'], { legacy: path.join(dir.path, 'nowhere') });
    expect(code).toBe(3);
    expect(finding(document, 'legacy')?.text).toContain('nowhere');
  });

  it('compares the Redis of caches and of corpora with what they are for', async () => {
    const evicting = await startRedis({ settings: { maxmemory: '50mb', 'maxmemory-policy': 'allkeys-lru' } });
    const keeping = await startRedis({ settings: { appendonly: 'yes' } });
    const doctor = async (cacheUrl: string, corpusUrl?: string) => {
      const env = { DATABASE_URL: undefined, LEGACY_DIR: undefined, REDIS_URL: cacheUrl, CORPUS_REDIS_URL: corpusUrl };
      const { code, stdout } = await run(process.execPath, [program, 'doctor', '--json'], { env });
      const document = JSON.parse(stdout) as Finding[];
      return { code, cache: finding(document, 'cache'), corpus: finding(document, 'corpus') };
    };
    expect(await doctor(evicting.url, keeping.url)).toMatchObject({
      code: 0,
      cache: { state: 'good' },
      corpus: { state: 'good' },
    });
    expect(await doctor(keeping.url, evicting.url)).toMatchObject({
      code: 3,
      cache: { state: 'note', text: expect.stringContaining('noeviction') },
      corpus: { state: 'bad', text: expect.stringMatching(/may lose keys; appendonly no/) },
    });
    expect(await doctor(evicting.url)).toMatchObject({
      code: 0,
      corpus: { state: 'note', remedy: expect.stringContaining('CORPUS_REDIS_URL') },
    });
    await keeping.kill();
    expect(await doctor(evicting.url, keeping.url)).toMatchObject({ code: 6, corpus: { state: 'bad' } });
    expect(await doctor(keeping.url)).toMatchObject({ code: 6, corpus: { state: 'note', text: 'not looked at' } });
    await Promise.all([evicting.stop(), keeping.stop()]);
  });
});

import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freshDatabase, run, tempDir, type FreshDatabase, type RunResult, type TempDir } from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';

const workspace = path.resolve(__dirname, '../../..');

let dir: TempDir;
let database: FreshDatabase;
let built: string;
let stray: string;

/** The folders of the image (Dockerfile), with this workspace's packages. */
beforeAll(async () => {
  [dir, database] = await Promise.all([tempDir(), freshDatabase({ migrated: false })]);
  for (const part of ['package.json', 'prisma.config.ts', 'prisma', 'tools/schema-engine.mjs', 'tools/schema-engine'])
    cpSync(path.join(workspace, part), path.join(dir.path, part), { recursive: true });
  symlinkSync(path.join(workspace, 'node_modules'), path.join(dir.path, 'node_modules'));
  built = path.join(dir.path, 'dist/apps/cli');
  stray = path.join(built, 'piece-of-an-earlier-build.js');
  mkdirSync(built, { recursive: true });
  writeFileSync(stray, '');
  const rolldown = path.join(workspace, 'node_modules/.bin/rolldown');
  const { code, stderr } = await run(rolldown, ['-c', '../../tools/rolldown.config.mjs', '-d', built], {
    cwd: path.join(workspace, 'apps/cli'),
  });
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
});
afterAll(() => Promise.all([dir.remove(), database.drop()]));

const sluice = (...args: string[]): Promise<RunResult> =>
  run(process.execPath, [path.join(built, 'main.js'), ...args], {
    cwd: dir.path,
    env: { DATABASE_URL: database.url, NODE_ENV: 'production' },
  });

it('holds nothing of an earlier build', () => {
  expect(existsSync(stray)).toBe(false);
  expect(existsSync(path.join(built, 'main.js'))).toBe(true);
});

it('brings the schema up to date and migrates, from the built files alone', async () => {
  const legacy = path.join(dir.path, 'legacy');
  makeSampleTree({ dir: legacy, seed: 3, rows: 300, hazards: false, files: false });
  const migrations = await sluice('db', 'migrate');
  expect(migrations).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Applied: \d{14}_/) });
  expect(await sluice('db', 'status')).toMatchObject({ code: 0 });
  const { code, stdout } = await sluice('migrate', '--legacy', legacy);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('source and target are equal') });
});

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freshDatabase, tempDir, type FreshDatabase, type TempDir } from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { sluice, sluiceJson, type Report } from './sluice';
import { imprint, query } from './target';

const PAGE = 4096;
const DAMAGED = 31;

let dir: TempDir;
let database: FreshDatabase;
let file: string;
beforeAll(async () => {
  [dir, database] = await Promise.all([tempDir(), freshDatabase()]);
  makeSampleTree({ dir: dir.path, seed: 7, rows: 0, tables: { agent_analyses: 500 }, hazards: false, files: false });
  file = path.join(dir.path, 'cache/context.db');
  const bytes = readFileSync(file);
  bytes.fill(0xff, (DAMAGED - 1) * PAGE, DAMAGED * PAGE);
  writeFileSync(file, bytes);
});
afterAll(() => Promise.all([database.drop(), dir.remove()]));

const run = (...args: string[]) => sluice(args, { database: database.url, legacy: dir.path });
const only = ['--only', 'agent_analyses'];

it('is refused unasked, with the way out, and salvaged when it is asked for', async () => {
  const before = [readFileSync(file), await imprint(database.url)] as const;
  const refused = await run('migrate', ...only);
  expect([refused.code, await imprint(database.url)]).toEqual([3, before[1]]);
  expect(refused.stderr).toContain('"sluice migrate --salvage" takes what can be read of it');

  const salvaged = await run('migrate', ...only, '--salvage');
  expect(salvaged.code).toBe(4);
  expect(salvaged.stdout).toContain('rest equal');
  const [, from, to] = /rows with keys (\d+) to (\d+) are lost/.exec(salvaged.stdout) ?? [];
  expect(salvaged.stdout).toContain(`page ${DAMAGED} (leaf of agent_analyses) is no page of a table`);
  const left = 500 - (Number(to) - Number(from) + 1);
  expect(await query(database.url, 'SELECT count(*)::int AS n FROM agent_analyses')).toEqual([{ n: left }]);
  expect(readFileSync(file).equals(before[0])).toBe(true);

  const listed = await run('quarantine', 'list');
  const id = new RegExp(`(\\d+) │ agent_analyses +│ page ${DAMAGED} `).exec(listed.stdout)?.[1] ?? '';
  const shown = await run('quarantine', 'show', id);
  expect(shown.stdout).toContain('0xffffffff');
  expect(shown.stdout).toContain(`keys ${from} to ${to}`);

  const verified = await sluiceJson<Report>(['verify', ...only], { database: database.url, legacy: dir.path });
  expect(verified.code).toBe(4);
  expect(verified.document.tables[0]).toMatchObject({
    rowsTarget: left,
    verification: { clean: true },
    salvage: { damagedPages: 1, lostKeys: [`${from} ${to}`] },
  });
  const report = await run('report');
  expect(report.stdout).toContain('Salvaged from a damaged file');
  expect(report.stdout).toContain('equal as far as it can be read');
});

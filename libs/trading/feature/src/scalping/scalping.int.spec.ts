import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDir, type TempDir } from '@sluice/testing';
import { PickRepository, TopPicksRunRepository } from '@sluice/trading-persistence';
import { ResourceApp } from '../http/resource-app.fixture';
import { LegacyDirectory } from '../legacy-directory';
import { scalpingParts } from './scalping.parts';

const exit = {
  ...{ symbol: 'TCS', entry_time: '2026-01-09T05:00:00+00:00', entry_price: 100, exit_time: '2026-01-09T05:20:00Z' },
  ...{ exit_price: 101.5, exit_reason: 'TARGET_HIT', return_pct: 1.5, hold_duration_mins: 20, mode: 'Scalping' },
};
let folder: TempDir;
let app: ResourceApp;

beforeAll(async () => {
  folder = await tempDir();
  const exits = join(folder.path, 'data/scalping_exits');
  await mkdir(exits, { recursive: true });
  const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  await writeFile(join(exits, 'exits_20260109.json'), JSON.stringify({ date: '2026-01-09', exits: [exit] }));
  await writeFile(join(exits, `exits_${today}.json`), '{"exits": [{"symbol": "A", "return_pct": NaN}]}');
  await writeFile(join(exits, 'exits_20260110.json'), '{"exits": [');
  const directory = { provide: LegacyDirectory, useValue: new LegacyDirectory(folder.path) };
  const repositories = [TopPicksRunRepository, PickRepository];
  app = await ResourceApp.open({
    ...scalpingParts,
    providers: [...scalpingParts.providers, ...repositories, directory],
  });
});
afterAll(async () => {
  await app.close();
  await folder.remove();
});
const get = (target: string) => app.ask('GET', `/v1/scalping/${target}`);

it('adds the exits of a day up', async () => {
  expect((await get('daily-summary?date=2026-01-09')).body).toEqual({
    ...{ status: 'success', date: '2026-01-09', total_exits: 1, winning_exits: 1, losing_exits: 0, win_rate: 100 },
    ...{ avg_return: 1.5, avg_hold_time_mins: 20, exit_reason_breakdown: { TARGET_HIT: 1 } },
  });
  expect((await get('daily-summary?date=20260109')).body.total_exits).toBe(1);
  expect((await get('daily-summary?date=2026-01-10')).body.total_exits).toBe(0); // The file is cut off.
  expect((await get('daily-summary')).body).toMatchObject({ total_exits: 1, winning_exits: 0, losing_exits: 0 });
});

it('adds the exits of the last days up', async () => {
  expect((await get('stats')).body).toMatchObject({ status: 'success', days: 7, total_exits: 1 });
  expect((await get('stats?days=31')).status).toBe(422);
});

it('finds an exit as it is in the file, or says that there is none', async () => {
  const found = { status: 'success', found: true, symbol: 'TCS', date: '2026-01-09', exit };
  expect((await get('exits/tcs?date=2026-01-09')).body).toEqual(found);
  expect((await get('exits/TCS?date=2026-01-09&entry_time=2026-01-09T10:31:00%2B05:30')).body).toEqual(found);
  expect(await get('exits/TCS?date=2026-01-09&entry_time=2026-01-09T05:03:00')).toMatchObject({
    status: 200,
    body: { found: false },
  });
});

it.each([
  ['daily-summary?date=x', 400],
  ['daily-summary?date=..%2F..%2Fx', 400],
  ['exits/TCS', 422],
  ['exits/TCS?date=2026-02-30', 400],
  ['exits/TCS?date=2026-01-09&entry_time=noon', 400],
])('refuses %s with %p', async (target, status) => expect((await get(target)).status).toBe(status));

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDir, type TempDir } from '@sluice/testing';
import { ScalpingExits } from './scalping-exits';

let folder: TempDir;
beforeAll(async () => void (folder = await tempDir()));
afterAll(() => folder.remove());

const listing = async (text: string) => {
  await writeFile(join(folder.path, 'exits_20260109.json'), text);
  return new ScalpingExits(folder.path).list('2026-01-09');
};

it('reads the exits of a day in the order of its file, whatever else is among them', async () => {
  const exits = await listing(`{"date": "2026-01-09", "exits": [
    {"symbol": "tcs", "exit_price": "101.5", "exit_reason": "TARGET_HIT", "exit_time": "2026-01-09T04:40:00Z"},
    {"symbol": "TCS", "exit_price": NaN, "exit_reason": "", "exit_time": 7}, null]}`);
  expect(exits).toEqual([
    { symbol: 'TCS', exitPrice: 101.5, exitReason: 'TARGET_HIT', exitTime: '2026-01-09T04:40:00Z' },
    { symbol: 'TCS', exitPrice: null, exitReason: null, exitTime: null },
    { symbol: '', exitPrice: null, exitReason: null, exitTime: null },
  ]);
});

it.each(['{"exits": [', '{"exits": 7}', '[]', ''])('has none in %j', async (text) => {
  expect(await listing(text)).toEqual([]);
});

it('has none of a day without a file, and none without a folder', async () => {
  expect(await new ScalpingExits(folder.path).list('2026-01-10')).toEqual([]);
  expect(await new ScalpingExits(null).list('2026-01-09')).toEqual([]);
});

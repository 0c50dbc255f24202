import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CacheOutbox, IdempotentWrites, Postgres } from '@sluice/postgres';
import { tempDir, type TempDir } from '@sluice/testing';
import { TopPicksRunRepository, TopPicksRunWriter } from '@sluice/trading-persistence';
import { CandleSource } from '../candles/candle-source';
import { ResourceApp } from '../http/resource-app.fixture';
import { LegacyDirectory } from '../legacy-directory';
import { picksParts } from '../picks/picks.parts';
import { scalpingParts } from './scalping.parts';

const MINUTE_MS = 60_000;
const nowMs = Date.now();
const minutesAgo = (minutes: number): string => new Date(nowMs - minutes * MINUTE_MS).toISOString();
const aPick = (symbol: string) => ({ symbol, recommendation: 'Buy', entry_price: 100 });
let folder: TempDir;
let app: ResourceApp;

beforeAll(async () => {
  folder = await tempDir();
  app = await ResourceApp.open({
    controllers: [...scalpingParts.controllers, ...picksParts.controllers],
    providers: [
      ...[...scalpingParts.providers, ...picksParts.providers, TopPicksRunRepository],
      { provide: LegacyDirectory, useValue: new LegacyDirectory(folder.path) },
      { provide: CandleSource, useValue: {} },
    ],
  });
  await storeRun(30, 'Scalping', ['TCS', 'INFY', 'SBIN']);
  await storeRun(20, 'Intraday', ['LT']);
  await storeRun(200, 'Scalping', ['WIPRO']);
  await storeExit({ symbol: 'TCS', entry_time: minutesAgo(30), exit_time: minutesAgo(10), exit_reason: 'STOP_LOSS' });
  await logExit('INFY', 31, 5);
});
afterAll(async () => {
  await app.close();
  await folder.remove();
});

async function storeRun(minutes: number, mode: string, symbols: readonly string[]): Promise<void> {
  const outbox = new CacheOutbox(app.get(Postgres));
  const writer = new TopPicksRunWriter(outbox, () => ({ namespace: 'n', keys: ['k'] }));
  const run = { universe: 'nifty50', mode, picks: symbols.map(aPick) };
  await new IdempotentWrites(outbox).run(null, (tx) => writer.storeRun(tx, run, 'scalping_cycle', minutesAgo(minutes)));
}

async function storeExit(exit: Readonly<Record<string, unknown>> & { readonly exit_time: string }): Promise<void> {
  const exits = join(folder.path, 'data/scalping_exits');
  await mkdir(exits, { recursive: true });
  const day = exit.exit_time.slice(0, 10).replaceAll('-', '');
  await writeFile(join(exits, `exits_${day}.json`), JSON.stringify({ exits: [exit] }));
}

/** A pick and its exit, as new clients log them. */
async function logExit(symbol: string, entryMinutes: number, exitMinutes: number): Promise<void> {
  const entry = minutesAgo(entryMinutes);
  const pick = { symbol, direction: 'LONG', source: 'TOP_PICKS_scalping_cycle', mode: 'Scalping', signal_price: 100 };
  const tradeDate = entry.slice(0, 10);
  await app.ask('POST', '/v1/picks', { ...pick, signal_ts: entry, trade_date: tradeDate });
  const exit = { symbol, entry_time: entry, entry_price: 100, exit_time: minutesAgo(exitMinutes), exit_price: 101 };
  const logged = await app.ask('POST', '/v1/picks/exits', { ...exit, exit_reason: 'TARGET_HIT', return_pct: 1 });
  if (logged.status !== 200) throw new Error(JSON.stringify(logged.body));
}

const get = (query = '') => app.ask('GET', `/v1/scalping/active-positions${query}`);

it('gives the scalping picks of the last hours that no file and no logged exit ends', async () => {
  const { status, body } = await get();
  expect([status, body.status, body.count]).toEqual([200, 'success', 1]);
  expect(body.positions).toEqual([expect.objectContaining({ symbol: 'SBIN', entry_price: 100, mode: 'Scalping' })]);
  expect(body.scalping_top_picks_meta).toEqual([expect.objectContaining({ universe: 'nifty50', picks_count: 3 })]);
  expect(Object.keys(body)).not.toContain('recent_exits');
  expect((await get('?lookback_hours=4')).body.positions.map(({ symbol }: { symbol: string }) => symbol)).toEqual([
    'SBIN',
    'WIPRO',
  ]);
});

it('gives the last exits of files and of the log where they are asked for', async () => {
  const { body } = await get('?include_recent_exits=true');
  expect(body.recent_exits).toEqual([
    expect.objectContaining({ symbol: 'INFY', exit_reason: 'TARGET_HIT', return_pct: 1, hold_duration_mins: 26 }),
    expect.objectContaining({ symbol: 'TCS', exit_reason: 'STOP_LOSS' }),
  ]);
  expect(body.recent_exits_count).toBe(2);
  expect((await get('?include_recent_exits=true&recent_exit_minutes=7')).body.recent_exits_count).toBe(1);
});

it.each(['lookback_hours=25', 'lookback_hours=0', 'recent_exit_minutes=4', 'include_recent_exits=maybe'])(
  'refuses %s',
  async (query) => expect((await get(`?${query}`)).status).toBe(422),
);

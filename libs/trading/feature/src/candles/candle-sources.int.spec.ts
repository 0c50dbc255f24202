import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TempDir, tempDir } from '@sluice/testing';
import { candleSourceOf } from './bound-candle-source';
import { FileCandleSource } from './file-candle-source';
import { HttpCandleSource } from './http-candle-source';

const at = (text: string): number => Date.parse(text) / 1000;
const day = { symbol: 'TCS', from: at('2026-01-09T00:00Z'), to: at('2026-01-09T23:59:59Z'), interval: '5m' };
const row = (time: unknown, close: number | string) => ({ time, open: 1, high: 2, low: 0.5, close });
const candle = (time: string, close: number) => ({ time: at(time), open: 1, high: 2, low: 0.5, close });

describe('candles from files', () => {
  const folders: TempDir[] = [];
  afterAll(() => Promise.all(folders.map((folder) => folder.remove())));
  const folderWith = async (files: Record<string, string>): Promise<string> => {
    const made = await tempDir();
    folders.push(made);
    const folder = made.path;
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return folder;
  };
  const entry = (symbol: string, interval: string, cachedAt: string) => ({ symbol, interval, cached_at: cachedAt });
  const fileOf = (rows: unknown[]) => JSON.stringify({ data: rows, row_count: rows.length, columns: [] });

  it('are those of the symbol, the interval and the time, in order, the last file counting', async () => {
    const folder = await folderWith({
      'metadata.json': JSON.stringify({
        newer: entry('TCS', '5m', '2026-01-10T10:00:00'),
        older: entry('tcs', '5m', '2026-01-09T10:00:00'),
        other: entry('INFY', '5m', '2026-01-11T10:00:00'),
        gone: entry('TCS', '5m', '2026-01-11T10:00:00'),
      }),
      'older.json': fileOf([row('2026-01-09T09:20:00', 7), row('2026-01-09T09:15:00+05:30', 8)]),
      'newer.json': fileOf([row('2026-01-09T09:20:00+05:30', 9), row('2026-01-10T09:20:00+05:30', 10)]),
      'other.json': fileOf([row('2026-01-09T09:25:00+05:30', 11)]),
    });
    await expect(new FileCandleSource(folder).candles(day)).resolves.toEqual([
      candle('2026-01-09T03:45:00Z', 8),
      candle('2026-01-09T03:50:00Z', 9),
    ]);
    await expect(new FileCandleSource(folder).candles({ ...day, interval: '1d' })).resolves.toEqual([]);
  });

  it('leave out what has no time or no price', async () => {
    const folder = await folderWith({
      'metadata.json': JSON.stringify({ a: entry('TCS', 'day', '') }),
      'a.json': `{"data": [{"open": 1, "high": 1, "low": 1, "close": 1}, {"time": "soon", "close": 1},
        {"Date": "2026-01-09", "Open": 1, "High": 2, "Low": 0.5, "Close": 3},
        {"time": "2026-01-09", "open": NaN, "high": 1, "low": -Infinity, "close": 1}, null, 7]}`,
    });
    const found = new FileCandleSource(folder).candles({ ...day, from: 0, interval: '1d' });
    await expect(found).resolves.toEqual([candle('2026-01-08T18:30:00Z', 3)]);
  });

  it('are none where there is no folder, and unavailable where a file is broken', async () => {
    await expect(new FileCandleSource('/nowhere/at/all').candles(day)).resolves.toEqual([]);
    const folder = await folderWith({ 'metadata.json': '{"a":' });
    await expect(new FileCandleSource(folder).candles(day)).rejects.toMatchObject({ code: 'CANDLES_UNAVAILABLE' });
  });
});

describe('candles from a service', () => {
  const closers: (() => void)[] = [];
  afterEach(() => closers.splice(0).forEach((close) => close()));
  const serving = async (listener: RequestListener, timeoutMs = 5_000): Promise<HttpCandleSource> => {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const urlTemplate = `http://127.0.0.1:${port}/c/{symbol}?f={from}&t={to}&i={interval}&key=hush`;
    return new HttpCandleSource({ urlTemplate, timeoutMs });
  };

  it.each([
    ['a list', (rows: unknown[]) => rows],
    ['candles', (rows: unknown[]) => ({ candles: rows })],
    ['data', (rows: unknown[]) => ({ data: rows })],
  ])('are read from %s, asked for by symbol, span and interval', async (_what, wrap) => {
    let asked = '';
    const source = await serving((request, reply) => {
      asked = request.url ?? '';
      reply.end(JSON.stringify(wrap([row(day.from + 300, 4), row(day.from, 3)])));
    });
    const found = await source.candles({ ...day, symbol: 'M&M/X' });
    expect(found.map(({ close }) => close)).toEqual([3, 4]);
    expect(asked).toBe(`/c/M%26M%2FX?f=${day.from}&t=${day.to}&i=5m&key=hush`);
  });

  it('are none where the service knows none', async () => {
    const source = await serving((_request, reply) => reply.writeHead(404).end());
    await expect(source.candles(day)).resolves.toEqual([]);
  });

  it.each<[string, RequestListener]>([
    ['an error', (_request, reply) => void reply.writeHead(500).end('[]')],
    ['no JSON', (_request, reply) => void reply.end('<html>')],
    ['no list', (_request, reply) => void reply.end('{"candles": 7}')],
    ['null', (_request, reply) => void reply.end('null')],
    ['a redirection', (_request, reply) => void reply.writeHead(302, { location: '/elsewhere' }).end()],
    ['nothing', (request) => void request.socket.destroy()],
  ])('are unavailable where it answers %s, and nobody sees the address', async (_what, listener) => {
    const failure = await (await serving(listener)).candles(day).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'CANDLES_UNAVAILABLE', kind: 'unavailable' });
    expect(String(failure)).not.toContain('hush');
  });

  it('are unavailable where it does not answer in time', async () => {
    const source = await serving(() => undefined, 50);
    await expect(source.candles(day)).rejects.toMatchObject({ message: expect.stringContaining('50 ms') });
  });
});

it('says what is missing where nobody said where prices come from', async () => {
  const source = candleSourceOf({ candlesUrl: undefined, candlesTimeoutMs: 1, candlesDir: undefined });
  await expect(source.candles(day)).rejects.toMatchObject({ message: expect.stringContaining('CANDLES_URL') });
});

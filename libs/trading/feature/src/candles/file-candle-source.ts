import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { membersOf } from '../json-members';
import { candlesOf } from './candle-rows';
import { type Candle, type CandleRequest, CandlesUnavailableError, CandleSource } from './candle-source';
import { parsePythonJson } from './python-json';

const DAILY: readonly string[] = ['1d', 'day'];

interface Entry {
  readonly key: string;
  readonly symbol: string;
  readonly interval: string;
  readonly cachedAt: string;
}

/**
 * Candles from a folder as the legacy cache of charts left it (`.cache/historical`): `metadata.json` says of each file what
 * it holds, `<key>.json` has `{"data": [row…]}`. Where two files tell of one time, the one that was written last counts.
 * Nothing is kept between requests: the files may change.
 */
export class FileCandleSource extends CandleSource {
  constructor(private readonly folder: string) {
    super();
  }

  async candles(request: CandleRequest): Promise<readonly Candle[]> {
    const entries = entriesOf(await this.read('metadata.json')).filter((entry) => isAskedFor(entry, request));
    const files = await Promise.all(entries.map(({ key }) => this.read(`${basename(key)}.json`)));
    return candlesOf(files.flatMap(rowsOf), request);
  }

  /** Null where there is no such file. */
  private async read(name: string): Promise<unknown> {
    try {
      return parsePythonJson(await readFile(join(this.folder, name), 'utf8'));
    } catch (error) {
      if (isAbsent(error)) return null;
      throw new CandlesUnavailableError(`${name} cannot be read.`, error);
    }
  }
}

const isAbsent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Those that were written last come last. */
function entriesOf(metadata: unknown): Entry[] {
  return Object.entries(membersOf(metadata))
    .map(([key, value]) => {
      const { symbol, interval, cached_at: cachedAt } = membersOf(value);
      return { key, symbol: String(symbol), interval: String(interval), cachedAt: String(cachedAt) };
    })
    .sort((a, b) => (a.cachedAt < b.cachedAt ? -1 : 1));
}

function isAskedFor(entry: Entry, { symbol, interval }: CandleRequest): boolean {
  const isInterval = entry.interval === interval || (DAILY.includes(entry.interval) && DAILY.includes(interval));
  return isInterval && entry.symbol.toUpperCase() === symbol.toUpperCase();
}

function rowsOf(file: unknown): readonly unknown[] {
  const { data } = membersOf(file);
  return Array.isArray(data) ? data : [];
}

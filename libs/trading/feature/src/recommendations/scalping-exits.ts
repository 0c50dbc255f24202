import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parsePythonJson } from '../candles/python-json';
import { membersOf } from '../json-members';
import { floatOf } from './recommendation.rules';

/** How a scalping trade ended, as the exit tracker logged it. */
export interface LoggedExit {
  readonly symbol: string;
  readonly exitPrice: number | null;
  readonly exitReason: string | null;
  readonly exitTime: string | null;
}

/** The exit files of the legacy backend, one per UTC day of the exits: `exits_20260109.json`. They are only read. */
export class ScalpingExits {
  /** `folder` is `data/scalping_exits`; null where there is none. */
  constructor(private readonly folder: string | null) {}

  /** In the order of the file; empty where there is no file of the day, or what it holds is no list of exits. */
  async list(day: string): Promise<readonly LoggedExit[]> {
    return (await this.records(day)).map(exitOf);
  }

  /** The same as they are in the file; what JSON has no word for is null. */
  async records(day: string): Promise<readonly unknown[]> {
    if (this.folder === null) return [];
    try {
      const text = await readFile(join(this.folder, `exits_${day.replaceAll('-', '')}.json`), 'utf8');
      const { exits } = membersOf(parsePythonJson(text));
      return Array.isArray(exits) ? exits : [];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return [];
      throw error;
    }
  }
}

function exitOf(value: unknown): LoggedExit {
  const { symbol, exit_price: price, exit_reason: reason, exit_time: time } = membersOf(value);
  return {
    symbol: String(symbol ?? '').toUpperCase(),
    exitPrice: floatOf(price),
    exitReason: typeof reason === 'string' && reason !== '' ? reason.slice(0, 200) : null,
    exitTime: typeof time === 'string' ? time : null,
  };
}

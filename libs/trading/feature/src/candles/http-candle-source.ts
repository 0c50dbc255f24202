import { messageOf } from '@sluice/core';
import { candlesOf } from './candle-rows';
import { type Candle, type CandleRequest, CandlesUnavailableError, CandleSource } from './candle-source';
import { parsePythonJson } from './python-json';

export interface HttpCandleOptions {
  /** An address with `{symbol}`, `{from}`, `{to}` (seconds since 1970, UTC) and `{interval}`, which are filled in. */
  readonly urlTemplate: string;
  /** After this there are no prices. */
  readonly timeoutMs: number;
}

/** A year of candles of a minute is far below. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/**
 * Candles from a service. It answers `[row…]`, `{"candles": [row…]}` or `{"data": [row…]}` with rows of OHLC JSON; 404 and
 * 204 say that there are none. Redirections are not followed. The address may hold a key, and is in no message.
 */
export class HttpCandleSource extends CandleSource {
  constructor(private readonly options: HttpCandleOptions) {
    super();
  }

  async candles(request: CandleRequest): Promise<readonly Candle[]> {
    const text = await this.ask(request);
    if (text === null) return [];
    const rows = rowsOf(parsed(text));
    if (rows === null) throw new CandlesUnavailableError('the service answered something that is no list of candles.');
    return candlesOf(rows, request);
  }

  private async ask(request: CandleRequest): Promise<string | null> {
    try {
      const signal = AbortSignal.timeout(this.options.timeoutMs);
      const answer = await fetch(addressOf(this.options.urlTemplate, request), { signal, redirect: 'error' });
      if (answer.status === 404 || answer.status === 204) return null;
      if (!answer.ok) throw new CandlesUnavailableError(`the service answered ${answer.status}.`);
      return await boundedText(answer);
    } catch (error) {
      if (error instanceof CandlesUnavailableError) throw error;
      const reason =
        error instanceof DOMException ? `the service took over ${this.options.timeoutMs} ms.` : 'no answer.';
      throw new CandlesUnavailableError(reason, new Error(messageOf(error).slice(0, 200)));
    }
  }
}

function addressOf(template: string, { symbol, from, to, interval }: CandleRequest): string {
  const values: Readonly<Record<string, string>> = { symbol, from: String(from), to: String(to), interval };
  return template.replace(/\{(symbol|from|to|interval)\}/g, (_all, name: string) =>
    encodeURIComponent(values[name] ?? ''),
  );
}

async function boundedText(answer: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of answer.body ?? []) {
    size += piece.byteLength;
    if (size > MAX_ANSWER_BYTES) throw new CandlesUnavailableError(`the answer is over ${MAX_ANSWER_BYTES} bytes.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function parsed(text: string): unknown {
  try {
    return parsePythonJson(text);
  } catch (error) {
    throw new CandlesUnavailableError('the service answered something that is no JSON.', error);
  }
}

function rowsOf(answer: unknown): readonly unknown[] | null {
  const { candles, data } = (Array.isArray(answer) ? { candles: answer } : (answer ?? {})) as Record<string, unknown>;
  const rows = candles ?? data;
  return Array.isArray(rows) ? rows : null;
}

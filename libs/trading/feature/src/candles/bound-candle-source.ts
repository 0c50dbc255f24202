import { type CandleSource, NoCandleSource } from './candle-source';
import { FileCandleSource } from './file-candle-source';
import { HttpCandleSource } from './http-candle-source';

interface CandleSettings {
  readonly candlesUrl: { reveal(): string } | undefined;
  readonly candlesTimeoutMs: number;
  readonly candlesDir: string | undefined;
}

/** The service where there is one, else the folder; without both there are no prices. */
export function candleSourceOf({ candlesUrl, candlesTimeoutMs, candlesDir }: CandleSettings): CandleSource {
  if (candlesUrl) return new HttpCandleSource({ urlTemplate: candlesUrl.reveal(), timeoutMs: candlesTimeoutMs });
  return candlesDir ? new FileCandleSource(candlesDir) : new NoCandleSource();
}

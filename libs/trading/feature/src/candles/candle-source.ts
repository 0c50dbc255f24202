import { DomainError } from '@sluice/core';

/** One candle. Prices are finite. */
export interface Candle {
  /** When it begins: seconds since 1970, UTC. */
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export interface CandleRequest {
  readonly symbol: string;
  /** First and last second, both included: since 1970, UTC. */
  readonly from: number;
  readonly to: number;
  /** `5m`, `60m`, `1d`. */
  readonly interval: string;
}

/**
 * Where prices come from. Declared here and bound by the application. A source gives what it has and makes nothing up: the
 * legacy one answered with random candles where it had none, and left no trace of that in what was computed from them.
 */
export abstract class CandleSource {
  /** By time, each time once; empty where there are none. Throws `CANDLES_UNAVAILABLE` where that cannot be told. */
  abstract candles(request: CandleRequest): Promise<readonly Candle[]>;
}

/** The source of candles did not answer, or with something that is none. Nothing was computed. */
export class CandlesUnavailableError extends DomainError {
  readonly code = 'CANDLES_UNAVAILABLE';
  readonly kind = 'unavailable';

  constructor(reason: string, cause?: unknown) {
    super(`There are no prices: ${reason}`, {
      remedy: 'Look at the source that CANDLES_URL or CANDLES_DIR names.',
      cause,
    });
  }
}

/** Nobody said where candles come from. */
export class NoCandleSource extends CandleSource {
  candles(): Promise<readonly Candle[]> {
    return Promise.reject(new CandlesUnavailableError('neither CANDLES_URL nor CANDLES_DIR is set.'));
  }
}

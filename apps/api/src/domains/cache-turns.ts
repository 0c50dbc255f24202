import { setTimeout as delay } from 'node:timers/promises';
import type { DomainModes } from '@sluice/postgres';
import type { TradingCaches } from '@sluice/trading-caching';
import type { DomainReads } from '@sluice/trading-feature';
import type { Log } from '../log';

interface CacheTurnsParts {
  readonly modes: Pick<DomainModes, 'onChange'>;
  readonly reads: Pick<DomainReads, 'turnCaches'>;
  readonly caches: { readonly latestPicks: Pick<TradingCaches['latestPicks'], 'clear'> };
  readonly log: Pick<Log, 'event'>;
  readonly onError: (error: unknown) => void;
  readonly retryMs?: number;
}

/**
 * Empties what caches hold of a domain when its mode changes, before they are asked again: an answer of before may be what the
 * other side said. While the shared tier cannot be emptied reads go past it.
 */
export class CacheTurns {
  private readonly stop = new AbortController();

  constructor(private readonly parts: CacheTurnsParts) {}

  start(): void {
    const { modes, reads, log, onError } = this.parts;
    modes.onChange((domain, before, after) => {
      log.event('info', 'a domain changed its mode', { domain, before: before?.mode, after: after?.mode });
      if (domain === 'runs') reads.turnCaches(domain, () => this.clear()).catch(onError);
    });
  }

  close(): void {
    this.stop.abort();
  }

  private async clear(): Promise<void> {
    const { caches, onError, retryMs = 1_000 } = this.parts;
    while (!this.stop.signal.aborted) {
      try {
        await caches.latestPicks.clear();
        return;
      } catch (error) {
        onError(error);
      }
      await delay(retryMs, undefined, { ref: false });
    }
  }
}

import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { CacheEngine } from '@sluice/cache';
import { DomainError, messageOf } from '@sluice/core';
import type { TradingCaches, WarmProgress, WarmSources } from '@sluice/trading-caching';
import type { Log } from '../log';

interface WarmUpParts {
  readonly engine: Pick<CacheEngine, 'onEmptied'>;
  readonly caches: Pick<TradingCaches, 'warm'>;
  readonly sources: WarmSources;
  readonly log: Pick<Log, 'event' | 'failure'>;
}

/**
 * Fills the caches again from PostgreSQL when Redis came back empty, at the warm-up's own pace: callers load what they
 * ask for anyway, and the database is not asked for everything at once. Every process does it, and their leases see to it
 * that each entry is loaded once. One that is emptied again meanwhile is filled by its callers.
 */
export class CacheWarmUp implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stop = new AbortController();
  private stopListening: () => void = () => undefined;
  private running: Promise<void> | null = null;

  constructor(private readonly parts: WarmUpParts) {}

  onApplicationBootstrap(): void {
    this.stopListening = this.parts.engine.onEmptied(() => {
      this.running ??= this.refill().finally(() => (this.running = null));
    });
  }

  /** Before the pool is closed that it reads from. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopListening();
    this.stop.abort();
    await this.running;
  }

  /** Fills one cache for whoever asks. Throws `CacheNotWarmableError`, and what its source throws. */
  async warm(name: string, { dryRun = false } = {}): Promise<WarmProgress> {
    const { caches, sources } = this.parts;
    const [progress] = await caches.warm(sources, { names: [name], dryRun, signal: this.stop.signal });
    return progress!;
  }

  private async refill(): Promise<void> {
    const { caches, sources, log } = this.parts;
    log.event('warn', 'Redis came back empty; filling the caches again');
    try {
      for (const done of await caches.warm(sources, { signal: this.stop.signal }))
        log.event(done.failed > 0 ? 'warn' : 'info', 'a cache is filled again', { ...done });
    } catch (error) {
      if (error instanceof DomainError)
        log.event('warn', 'the caches are not filled again', { error: messageOf(error) });
      else log.failure('the caches are not filled again', error);
    }
  }
}

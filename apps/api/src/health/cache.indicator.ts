import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { CacheEngine, Tier2Error } from '@sluice/cache';

/**
 * Never down: without Redis every request is still answered, only slower. `degraded` says that it is away, be it that it
 * does not answer now or that it is given a rest because it has not answered before.
 */
@Injectable()
export class CacheIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly engine: CacheEngine,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('cache');
    const code = await this.failureCode();
    const { driver, hearsOthers, link } = this.engine;
    const facts = { breaker: link.breaker.state, hearsOthers, pendingInvalidations: link.pendingKeys };
    return indicator.up({ driver, degraded: code !== null, ...(code === null ? {} : { code }), ...facts });
  }

  /** Asked through the breaker, as the caches ask: its failure counts, and where it is open nobody waits. */
  private async failureCode(): Promise<string | null> {
    try {
      await this.engine.link.call(null, (tier2) => tier2.ping());
      return null;
    } catch (error) {
      if (error instanceof Tier2Error) return error.code;
      throw error;
    }
  }
}

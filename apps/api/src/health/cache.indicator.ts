import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { CacheEngine, Tier2Error } from '@sluice/cache';

const TIER2_FAILED: Tier2Error['code'] = 'CACHE_TIER2_FAILED';

/**
 * Never down: without Redis every request is still answered, only slower. `degraded` says that it is away, be it that it
 * does not answer now, that it is given a rest because it has not answered before, or that it stores nothing (`refuses`),
 * being full or read-only.
 */
@Injectable()
export class CacheIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly engine: CacheEngine,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('cache');
    const { driver, hearsOthers, link } = this.engine;
    const failed = await this.failureCode();
    const { refusal } = link;
    const code = failed ?? (refusal === null ? null : TIER2_FAILED);
    const facts = {
      ...(refusal === null ? {} : { refuses: refusal }),
      breaker: link.breaker.state,
      hearsOthers,
      pendingInvalidations: link.pendingKeys,
    };
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

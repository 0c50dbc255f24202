import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { DomainError } from '@sluice/core';

/** The part of a cache store that health needs. */
export abstract class CacheHealth {
  abstract readonly driver: 'redis' | 'memory';
  abstract ping(): Promise<void>;
}

/** Never down: without Redis every request is still answered, only slower. `degraded` says that it is away. */
@Injectable()
export class CacheIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly cache: CacheHealth,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('cache');
    const { driver } = this.cache;
    try {
      await this.cache.ping();
      return indicator.up({ driver, degraded: false });
    } catch (error) {
      if (error instanceof DomainError) return indicator.up({ driver, degraded: true, code: error.code });
      throw error;
    }
  }
}

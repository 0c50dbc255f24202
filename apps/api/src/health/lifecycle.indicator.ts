import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { Lifecycle } from '../lifecycle';

/** Down as soon as a shutdown begins, so that a balancer sends new requests elsewhere while old ones finish. */
@Injectable()
export class LifecycleIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly lifecycle: Lifecycle,
  ) {}

  check(): HealthIndicatorResult {
    const indicator = this.indicators.check('process');
    return this.lifecycle.isDraining ? indicator.down('Shutting down.') : indicator.up();
  }
}

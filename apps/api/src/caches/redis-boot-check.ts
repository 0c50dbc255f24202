import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { DomainError, messageOf } from '@sluice/core';
import type { RoleReport } from '@sluice/redis';
import type { Log } from '../log';

interface BootCheckParts {
  /** Compares Redis with its use; throws where it is away. */
  readonly report: () => Promise<RoleReport>;
  readonly log: Pick<Log, 'event' | 'failure'>;
}

/**
 * Says once, when the process begins to serve, what of its Redis does not suit a cache: version, eviction, persistence, clock.
 * A wrong one is found by `sluice doctor` too, but it is the API that stores nothing any more where nobody ran that. Nobody
 * waits for it, and it ends nothing: whoever has only this Redis is better served slowly.
 */
export class RedisBootCheck implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private checking: Promise<void> = Promise.resolve();

  constructor(private readonly parts: BootCheckParts) {}

  onApplicationBootstrap(): void {
    this.checking = this.check();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.checking;
  }

  private async check(): Promise<void> {
    const { report, log } = this.parts;
    try {
      const { worst, text, remedy } = await report();
      if (worst === 'ok') return;
      log.event(worst === 'error' ? 'warn' : 'info', 'Redis is not as a cache should be', { found: text, remedy });
    } catch (error) {
      if (error instanceof DomainError) log.event('info', 'Redis was not looked at', { error: messageOf(error) });
      else log.failure('Redis was not looked at', error);
    }
  }
}

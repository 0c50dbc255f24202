import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { type CacheEngine, OutboxRelay } from '@sluice/cache';
import { messageOf } from '@sluice/core';
import { CacheOutbox } from '@sluice/postgres';
import type { Log } from '../log';

/** Runs the relay while the application runs; it stops before the pool that it works on is closed. */
class RelayRun implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly relay: OutboxRelay) {}

  onApplicationBootstrap(): void {
    this.relay.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.relay.close();
  }
}

/** Delivers the invalidations that wait in PostgreSQL to the caches of the engine. Needs `CacheOutbox` from `PostgresModule`. */
@Module({})
export class CacheOutboxModule {
  static forRoot({ engine, log }: { engine: CacheEngine; log: Pick<Log, 'event'> }): DynamicModule {
    const onError = (error: unknown): void =>
      log.event('warn', 'invalidations wait: the outbox does not answer', { error: messageOf(error) });
    return {
      module: CacheOutboxModule,
      providers: [
        {
          provide: OutboxRelay,
          inject: [CacheOutbox],
          useFactory: (outbox: CacheOutbox) => new OutboxRelay({ engine, outbox, onError }),
        },
        { provide: RelayRun, inject: [OutboxRelay], useFactory: (relay: OutboxRelay) => new RelayRun(relay) },
      ],
      exports: [OutboxRelay],
    };
  }
}

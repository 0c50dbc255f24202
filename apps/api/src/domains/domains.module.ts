import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Global,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Settings } from '@sluice/config';
import { messageOf } from '@sluice/core';
import type { CollectedMetrics } from '@sluice/observability';
import { DomainModes, DomainStates, Postgres, ShadowReadRepository } from '@sluice/postgres';
import type { TradingCaches } from '@sluice/trading-caching';
import { DomainReads, LegacyFiles, ShadowReader } from '@sluice/trading-feature';
import type { Log } from '../log';
import { CacheTurns } from './cache-turns';
import { ShadowJournal } from './shadow-journal';
import { ShadowMetrics } from './shadow-metrics';
import { ShadowReadsController } from './shadow-reads.controller';

interface DomainsParts {
  readonly settings: Pick<Settings, 'legacyDir' | 'shadowReadsPercent'>;
  readonly caches: Pick<TradingCaches, 'latestPicks'>;
  readonly metrics: CollectedMetrics;
  readonly log: Pick<Log, 'event' | 'failure'>;
}

/** Looks at the modes while the application runs, and ends what works on its pool before that is closed. */
class DomainsRun implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly modes: DomainModes,
    private readonly shadow: ShadowReader,
    private readonly journal: ShadowJournal,
    private readonly files: LegacyFiles,
    private readonly turns: CacheTurns,
  ) {}

  /** Before the first request: until the modes are known, each would be served as if there were two sides. */
  onApplicationBootstrap(): Promise<void> {
    this.turns.start();
    return this.modes.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.shadow.close();
    this.turns.close();
    await Promise.all([this.modes.close(), this.journal.flush()]);
    await this.files.close();
  }
}

/**
 * Which side a domain is read from, what both sides answer, and what came of comparing them. Gives `DomainReads` and
 * `LegacyFiles` to the domains. Needs `Postgres`.
 */
@Global()
@Module({})
export class DomainsModule {
  static forRoot({ settings, caches, metrics, log }: DomainsParts): DynamicModule {
    const shadowMetrics = new ShadowMetrics(metrics);
    const told = (message: string) => (error: unknown) => log.event('warn', message, { error: messageOf(error) });
    return {
      module: DomainsModule,
      controllers: [ShadowReadsController],
      providers: [
        { provide: LegacyFiles, useValue: new LegacyFiles(settings.legacyDir ?? null) },
        { provide: ShadowReadRepository, inject: [Postgres], useFactory: (postgres: Postgres) => new ShadowReadRepository(postgres) }, // prettier-ignore
        {
          provide: DomainModes,
          inject: [Postgres],
          useFactory: (postgres: Postgres) => new DomainModes(postgres, told('the modes of the domains are not known')),
        },
        {
          provide: CacheTurns,
          inject: [DomainModes, DomainReads],
          useFactory: (modes: DomainModes, reads: DomainReads) =>
            new CacheTurns({ modes, reads, caches, log, onError: told('the latest picks are not cleared yet') }),
        },
        {
          provide: ShadowJournal,
          inject: [ShadowReadRepository],
          useFactory: (stored: ShadowReadRepository) =>
            new ShadowJournal(stored, told('shadow reads are not noted yet')),
        },
        {
          provide: ShadowReader,
          inject: [ShadowJournal, Postgres],
          useFactory: (journal: ShadowJournal, postgres: Postgres) => {
            const states = new DomainStates(postgres);
            return new ShadowReader({
              percent: settings.shadowReadsPercent,
              inStepAgo: (domain) => states.inStepAgo(domain),
              note: (finding) => {
                shadowMetrics.note(finding);
                journal.note(finding);
              },
              onError: told('a shadow read could not be compared'),
            });
          },
        },
        {
          provide: DomainReads,
          inject: [DomainModes, ShadowReader],
          useFactory: (modes: DomainModes, shadow: ShadowReader) => new DomainReads(modes, shadow),
        },
        {
          provide: DomainsRun,
          inject: [DomainModes, ShadowReader, ShadowJournal, LegacyFiles, CacheTurns],
          useFactory: (...parts: ConstructorParameters<typeof DomainsRun>) => new DomainsRun(...parts),
        },
      ],
      exports: [DomainModes, DomainReads, LegacyFiles, ShadowJournal],
    };
  }
}

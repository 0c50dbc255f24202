import type { Provider, Type } from '@nestjs/common';
import { BatchPool, Postgres } from '@sluice/postgres';
import { LegacyFiles, LegacyRuns, RunTexts, TopPicksRunRepository } from '@sluice/trading-persistence';
import { DomainReads, routed, type MethodsOf, type SharedOperation } from './domain-reads';
import { runOperations, runTextOperations } from './operations';

/**
 * The repositories with operations that the legacy code has, too, instead of those that only read PostgreSQL. What is not named
 * here is read from PostgreSQL in every mode: it has no counterpart in the legacy code, or a write is checked against its answer.
 * Needs `DomainReads` and `LegacyFiles` from the application.
 */
export const routedRepositories: readonly Provider[] = [
  routedOn(Postgres, TopPicksRunRepository, LegacyRuns, runOperations),
  routedOn(BatchPool, RunTexts, LegacyRuns, runTextOperations),
];

function routedOn<Source extends object, T extends object, K extends keyof MethodsOf<T> & string>(
  source: Type<Source>,
  target: new (source: Source) => T,
  legacy: new (files: LegacyFiles) => { readonly [N in NoInfer<K>]: T[N] },
  operations: Readonly<Record<K, SharedOperation>>,
): Provider {
  return {
    provide: target,
    inject: [source, DomainReads, LegacyFiles],
    useFactory: (on: Source, reads: DomainReads, files: LegacyFiles) =>
      routed(reads, new target(on), new legacy(files), operations),
  };
}

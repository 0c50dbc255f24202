import { Injectable } from '@nestjs/common';
import type { Postgres } from '@sluice/postgres';
import type { LatestPicks, PicksScope, WarmSource } from '@sluice/trading-caching';
import { type LatestRun, TopPicksRunRepository } from '@sluice/trading-persistence';
import { membersOf } from './json-members';
import { titleCase } from './title-case';

/** The newest runs with picks as PostgreSQL holds them, in the shape of the scheduler. */
@Injectable()
export class LatestPicksSource implements WarmSource<PicksScope, LatestPicks | null> {
  constructor(private readonly runs: TopPicksRunRepository) {}

  /** For a program without a container. */
  static over(postgres: Postgres): LatestPicksSource {
    return new LatestPicksSource(new TopPicksRunRepository(postgres));
  }

  /** Those that the cache has a key for: a run may be of no universe or no mode. */
  async list(): Promise<PicksScope[]> {
    return (await this.runs.listScopesWithPicks()).filter(({ universe, mode }) => universe !== '' && mode !== '');
  }

  /** Universe and mode in any case. Null where there is no run with picks, or the newest one's payload holds no list. */
  async load({ universe, mode }: PicksScope): Promise<LatestPicks | null> {
    const scope = { universe: universe.toLowerCase(), mode: titleCase(mode) };
    const run = await this.runs.findLatestWithPicks(scope);
    return run ? latestPicksOf(run, scope) : null;
  }
}

/**
 * `items` and `as_of` are the payload's picks and its time (India's wall clock without a zone), and its own spelling of
 * universe and mode counts. A payload without a time has that of its storing, which is true UTC.
 */
export function latestPicksOf(
  { runId, generatedAtUtc, elapsedSec, payload }: LatestRun,
  scope: PicksScope,
): LatestPicks | null {
  const { picks, generated_at: asOf, universe, mode, metadata } = membersOf(JSON.parse(payload));
  if (!Array.isArray(picks)) return null;
  const { analysis_time_seconds: given, policy_version: policyVersion } = membersOf(metadata);
  const seconds = typeof given === 'number' ? given : elapsedSec;
  return {
    items: picks,
    as_of: typeof asOf === 'string' ? asOf : `${generatedAtUtc}Z`,
    universe: typeof universe === 'string' ? universe : scope.universe,
    mode: typeof mode === 'string' ? mode : scope.mode,
    ...(seconds !== null && Number.isFinite(seconds) ? { elapsed_seconds: seconds } : {}),
    policy_version: policyVersion ?? null,
    run_id: runId,
  };
}

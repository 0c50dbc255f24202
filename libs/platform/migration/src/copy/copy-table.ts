import type { Client } from 'pg';
import type { LegacyDatabase } from '@sluice/legacy';
import { paceOf, type Pace } from '../pace';
import { InterruptedError, PostgresFullError } from '../state/migration.errors';
import type { LiveSession } from '../state/live-session';
import type { MigrationLock } from '../state/lock';
import { classify } from '../state/postgres-errors';
import { closeSession, openSession, reopenSession, type SessionOptions } from '../state/session';
import { pendingRanges, type PlannedRange, type RangeTotals, type TableState } from '../state/table-state';
import { RangeLoader } from './range-loader';
import type { Lane } from './lane';
import type { ExactReader } from '../exact/exact-reader';

/** Two connections keep two cores of the server busy while this process reads ahead. */
const CONNECTIONS = 2;
/** A transaction that failed for a passing reason is tried again so many times. */
const TRIES = 5;

export interface CopyJob {
  readonly state: Pick<TableState, 'name' | 'plan'>;
  readonly database: LegacyDatabase;
  readonly lane: Lane | null;
  readonly exact: ExactReader;
  /** Quoted. */
  readonly target: string;
  readonly session: SessionOptions;
  readonly lock: MigrationLock;
  readonly signal: AbortSignal;
  /** Rows per second at most; undefined: as fast as it goes. */
  readonly maxRate: number | undefined;
  readonly onRange: (totals: RangeTotals) => void;
}

/**
 * Loads what is pending of a table's plan, and asks again until nothing is: commits of the loaders are not durable by
 * themselves, so a server that crashed may have forgotten ranges, rows and checkpoint together, that it had confirmed.
 * Throws `InterruptedError` after the current ranges when told to stop.
 */
export async function copyRanges(control: LiveSession, job: CopyJob): Promise<void> {
  const loader = new RangeLoader(job.state, job.lane, job.exact, job.target);
  const pace = paceOf(job.maxRate);
  for (;;) {
    const queue = await pendingRanges(await control.live(job.signal), job.state);
    if (queue.length === 0) return;
    await copyQueue(job, loader, queue, pace);
  }
}

async function copyQueue(job: CopyJob, loader: RangeLoader, queue: PlannedRange[], pace: Pace): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([job.signal, stop.signal]);
  const workers = Array.from({ length: Math.min(CONNECTIONS, queue.length) }, () =>
    work(job, loader, queue, signal, pace).catch((error: unknown) => {
      stop.abort();
      throw error;
    }),
  );
  const ends = await Promise.allSettled(workers);
  const failures = ends.filter((end) => end.status === 'rejected').map((end) => end.reason as unknown);
  const failure = failures.find((reason) => !(reason instanceof InterruptedError)) ?? failures[0];
  if (failure !== undefined) throw failure;
}

async function work(
  job: CopyJob,
  loader: RangeLoader,
  queue: PlannedRange[],
  signal: AbortSignal,
  pace: Pace,
): Promise<void> {
  let client = await openSession(job.session, false);
  try {
    for (let range = queue.shift(); range; range = queue.shift()) {
      for (let tries = 1; ; tries++) {
        if (signal.aborted) throw new InterruptedError();
        try {
          // The commit may have arrived although its answer did not.
          if (tries > 1 && !(await isPending(client, job.state, range))) break;
          job.database.assertSame();
          const totals = await loader.load(client, range);
          job.onRange(totals);
          await pace(Number(totals.rows), signal);
          break;
        } catch (error) {
          client = await recover(job, client, error, tries, signal);
        }
      }
    }
  } finally {
    await closeSession(client);
  }
}

/** A connection with which the range can be tried again, or the error where it cannot. */
async function recover(
  job: CopyJob,
  client: Client,
  error: unknown,
  tries: number,
  signal: AbortSignal,
): Promise<Client> {
  const kind = classify(error);
  if (kind === 'full') throw new PostgresFullError(error);
  if (tries >= TRIES || (kind !== 'connection' && kind !== 'transient')) throw error;
  if (kind === 'transient') {
    await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** tries * (0.5 + Math.random())));
    return client;
  }
  await closeSession(client);
  const fresh = await reopenSession(job.session, false, signal);
  await job.lock.ensure(signal);
  return fresh;
}

async function isPending(client: Client, state: CopyJob['state'], range: PlannedRange): Promise<boolean> {
  return (await pendingRanges(client, state)).some(({ seq }) => seq === range.seq);
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Domain } from '../domains/domain';
import { twoWayState, type TwoWayState } from '../domains/two-way-state';
import { FollowLockHeldError } from '../follow/follow.errors';
import { InterruptedError } from '../state/migration.errors';
import { NotCarriedBackError } from './cutover.errors';
import { counted } from './gate';

const POLL_MS = 50;
/** A follower that was killed is started again by whoever looks after it. */
const COMES_BACK_MS = 5_000;
/** What a follower who lives carries in a moment, while nobody can write. Of writers who never pause there is always some. */
const NEARLY = { rows: 100, seconds: 5 };

/** The outbox was not empty at the moment at which nobody could write: it is tried again. */
export class StillUnderWay extends Error {}

export interface CarryOptions {
  /** How long the outbox is waited for. */
  readonly waitMs: number;
  /** Carries everything once, or what can be until the signal. */
  readonly carry: (signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Returns when the domain's outbox was seen nearly empty; the follower does the work. Throws `CUTOVER_NOT_CARRIED_BACK` where
 * the file refused a row, where nothing moves, where whoever follows does not carry this domain, or when the time is over.
 */
export async function waitUntilCarried(
  client: Client,
  domain: Domain,
  options: CarryOptions,
  deadline: number,
): Promise<void> {
  const graceMs = Math.min(COMES_BACK_MS, options.waitMs / 4);
  let seenMs = performance.now();
  for (;;) {
    const { outbox, follow } = await twoWayState(client, domain);
    if (outbox.dead > 0) throw refusedRows(domain, outbox);
    if (outbox.waiting === 0 || (follow.carrier !== null && isNearlyEmpty(outbox))) return;
    if (options.signal.aborted) throw new InterruptedError();
    if (performance.now() > deadline) throw stuck(domain, outbox.waiting, outbox.error);
    if (follow.carrier !== null) seenMs = performance.now();
    else if (performance.now() - seenMs > graceMs) {
      // One that has just begun takes its tables over in a moment.
      if ((follow.forSeconds ?? 0) * 1_000 > graceMs) throw carriesOthers(domain, outbox.waiting, follow);
      if (follow.holder === null) await carryHere(client, domain, options, deadline);
    }
    await delay(POLL_MS);
  }
}

/** Of a legacy program that writes without a pause there is always more to apply: it ends with what the file has to get. */
async function carryHere(client: Client, domain: Domain, options: CarryOptions, deadline: number): Promise<void> {
  const enough = new AbortController();
  let isOver = false;
  let end: PromiseSettledResult<void>;
  const carrying = Promise.allSettled([options.carry(AbortSignal.any([options.signal, enough.signal]))]).finally(() => {
    isOver = true;
  });
  try {
    while (!isOver && performance.now() < deadline) {
      const { outbox } = await twoWayState(client, domain);
      if (outbox.waiting === 0 || outbox.dead > 0) break;
      await delay(POLL_MS);
    }
  } finally {
    enough.abort();
    [end] = await carrying;
  }
  if (end.status === 'fulfilled' || end.reason instanceof FollowLockHeldError) return;
  if (options.signal.aborted || !(end.reason instanceof InterruptedError)) throw end.reason;
}

const isNearlyEmpty = ({ waiting, attempts, oldestSeconds }: TwoWayState['outbox']): boolean =>
  waiting <= NEARLY.rows && attempts === 0 && (oldestSeconds ?? 0) < NEARLY.seconds;

/** While nobody can write: waits some moments for the last of it. Throws `StillUnderWay`, or as above. */
export async function refuseUncarried(client: Client, domain: Domain, mostMs: number): Promise<void> {
  const deadline = performance.now() + mostMs;
  for (;;) {
    const { outbox, openDivergences, follow } = await twoWayState(client, domain);
    if (outbox.dead > 0) throw refusedRows(domain, outbox);
    if (openDivergences > 0)
      throw new NotCarriedBackError(
        domain.name,
        `${counted(openDivergences, 'row')} on which the sides do not agree, and which nobody has settled`,
        `Look at \`sluice divergences list --domain ${domain.name}\`: \`sluice reconcile --domain ${domain.name} --yes\` mends what is unequal; of the others, of which one side's row won, somebody says that they were looked at: \`sluice divergences settle --all --domain ${domain.name} --by NAME --reason TEXT\`.`,
      );
    if (outbox.waiting === 0) return;
    if (follow.carrier === null || performance.now() > deadline) throw new StillUnderWay();
    await delay(POLL_MS);
  }
}

/** While somebody follows nobody else can carry. */
function carriesOthers(
  { name }: Domain,
  waiting: number,
  { holder, feeds, unknownTables, failed }: TwoWayState['follow'],
): NotCarriedBackError {
  const left = [...unknownTables, ...failed.map((one) => `${one.replace(': ', ' (failed with ')})`)];
  const why = left.length > 0 ? `does not follow ${left.join(', ')}` : `follows by ${feeds.join(', ')}, which carries nothing back`; // prettier-ignore
  return new NotCarriedBackError(
    name,
    `on their way into the file: ${counted(waiting, 'write')}, and ${holder} ${why}`,
    'End that `sluice follow`, and try again: then this command carries them by itself. Or start it again so that it follows them by change log: without --only and --watch.',
  );
}

/** `why`: what kept the file from taking them, where that is known. */
export const stuck = ({ name }: Domain, waiting: number, why: string | null = null): NotCarriedBackError =>
  new NotCarriedBackError(
    name,
    waiting > 0
      ? `on their way into the file: ${counted(waiting, 'write')}${why === null ? '' : ` (the last attempt: ${why})`}`
      : 'it was written to without a pause',
    'See that `sluice follow` runs and can write the file (`sluice follow status`), or stop the writers for a moment; then try again.',
  );

function refusedRows({ name }: Domain, { refusals }: TwoWayState['outbox']): NotCarriedBackError {
  return new NotCarriedBackError(
    name,
    `the legacy file refused rows:\n  ${refusals.join('\n  ')}`,
    `Mend the rows in PostgreSQL, or in the file what is in their way, then \`sluice reconcile --domain ${name} --retry-dead\`, and try again.`,
  );
}

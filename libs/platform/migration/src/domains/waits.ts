import type { TwoWayState } from './two-way-state';
import { isTwoWay, type Mode } from './domain';

/** Why something of a domain does not go on, and what a person does about it. */
export interface Wait {
  /** In one sentence, without its full stop. */
  readonly reason: string;
  /** Commands in backticks. */
  readonly remedy: string;
}

const RUN = '`sluice follow` as a service, and leave it running.';

/** Of a state everything that keeps a write from its other side, the worst first; none where all of it is on its way. */
export function waitsOf(state: TwoWayState, mode: Mode): Wait[] {
  const { domain, openDivergences } = state;
  return [...carryWaits(state, mode), ...(openDivergences > 0 ? [diverged(domain, openDivergences, mode)] : [])];
}

/** The same without the rows that the sides do not agree on, which keep no other write from its way. */
export function carryWaits({ domain, outbox, follow }: TwoWayState, mode: Mode): Wait[] {
  const queue = queueWait(domain, outbox, follow, mode);
  return [
    ...(outbox.dead > 0 ? [refused(domain, outbox)] : []),
    ...(queue === null ? [] : [queue]),
    ...(follow.waits.length > 0 ? [{ reason: `the follower waits, and tries again: ${follow.waits.join(', ')}`, remedy: waitRemedy(follow.waits) }] : []), // prettier-ignore
  ];
}

/** Why what is queued is not carried, or would not be. */
function queueWait(
  domain: string,
  { waiting, error }: TwoWayState['outbox'],
  { failed, holder, carrier, unknownTables, feeds }: TwoWayState['follow'],
  mode: Mode,
): Wait | null {
  const queued = `${waiting} ${waiting === 1 ? 'write waits' : 'writes wait'} for the way into the file`;
  if (!isTwoWay(mode)) {
    const remedy = `They are carried from mode dual on: \`sluice cutover status --domain ${domain}\`.`;
    return waiting > 0 ? { reason: `${queued}, and in mode ${mode} nothing is carried`, remedy } : null;
  }
  if (failed.length > 0) {
    const remedy = `Mend what the code says ("When it stops" in docs/guides/follow.md), then start ${RUN}`;
    return { reason: `its follower has ended: ${failed.join(', ')}`, remedy };
  }
  if (holder === null)
    return { reason: waiting > 0 ? `${queued}, and nobody follows` : 'nobody follows', remedy: `Start ${RUN}` };
  if (carrier === null) {
    const others = unknownTables.length > 0 ? `does not follow ${unknownTables.join(', ')}` : `follows by ${feeds.join(', ')}, which carries nothing back`; // prettier-ignore
    return { reason: `${holder} ${others}`, remedy: `End it, and start, without --only and --watch, ${RUN}` };
  }
  return waiting > 0 && error !== null ? { reason: `${queued}: ${error}`, remedy: errorRemedy(error, domain) } : null;
}

const refused = (domain: string, { dead, refusals }: TwoWayState['outbox']): Wait => ({
  reason: `the legacy file refused ${dead} ${dead === 1 ? 'write' : 'writes'}, and nobody tries again: ${refusals.slice(0, 3).join('; ')}${refusals.length > 3 ? '; …' : ''}`,
  remedy: `Look at \`sluice divergences list --domain ${domain}\`, mend the rows, then \`sluice reconcile --domain ${domain} --retry-dead\`.`,
});

function diverged(domain: string, open: number, mode: Mode): Wait {
  const rows = `${open} ${open === 1 ? 'row' : 'rows'}`;
  const list = `\`sluice divergences list --domain ${domain}\``;
  const settle = `\`sluice divergences settle ID --by NAME --reason TEXT\``;
  if (mode === 'new')
    return {
      reason: `${rows} that the legacy program wrote since the close, or that nobody has settled`,
      remedy: `Stop the legacy program; look at ${list}, and say by name that they were looked at: ${settle}.`,
    };
  return {
    reason: `${rows} on which the sides do not agree, and which nobody has settled`,
    remedy: `Look at ${list}; \`sluice reconcile --domain ${domain} --yes\` makes equal what differs, and of the rest somebody says that it was looked at: ${settle}.`,
  };
}

/** By the code of an attempt; each is made again by itself, every half a minute at the latest. */
const OF_FILE: Readonly<Record<string, string>> = {
  LEGACY_LOCKED: 'Another program keeps a write transaction on the legacy file open: let it end, or end it.',
  LEGACY_HOT_JOURNAL:
    'A program was killed while it wrote the legacy file: let it, or anybody with the right to write, open the file once.',
  LEGACY_NO_ROOM: 'Free the disk on which the legacy file lies.',
  WRITE_BACK_NOT_WRITABLE: 'Give the user of `sluice follow` the right to write the legacy file and its folder.',
};

function errorRemedy(error: string, domain: string): string {
  const code = error.split(' ')[0]!;
  if (code === 'WRITE_BACK_REFUSED')
    return `It is tried a few times more, because another row may be about to give the value away; then \`sluice divergences list --domain ${domain}\` has it.`;
  return OF_FILE[code] ?? 'See what `sluice follow` says in its log.';
}

/** `waits`: codes, or what ends with one. */
export const waitRemedy = (waits: readonly string[]): string =>
  waits.some((wait) => wait.endsWith('POSTGRES_BUSY'))
    ? 'Look for a long transaction that keeps these tables or rows locked (pg_stat_activity), and end it.'
    : 'See what `sluice follow` says in its log.';

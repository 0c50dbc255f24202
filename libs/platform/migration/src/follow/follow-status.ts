import type { Client } from 'pg';
import { waitRemedy } from '../domains/waits';
import { holderOf } from '../state/lock';
import type { ChangeLogState } from './change-logs';
import { listFollowStates, type FollowState } from './follow-state';
import { TO_FOLLOW } from './right';

/** An idle follower says every five seconds that it is alive. */
const ALIVE_MS = 20_000;

/** How far one table is, for a person. */
export interface FollowStatus {
  readonly table: string;
  readonly file: string;
  readonly feed: string | null;
  /**
   * `not installed`: no log in the file. `not begun`: nothing was followed of this log. `following`. `behind`: its follower
   * is alive and has something to do. `ended`: it was stopped. `lost`: it ended without a word. `failed`: see `reason`, which also says what a
   * follower that is alive waits for.
   */
  readonly state: 'not installed' | 'not begun' | 'following' | 'behind' | 'ended' | 'lost' | 'failed';
  readonly reason: string | null;
  /** What a person does about it; null where nothing has to be done. */
  readonly remedy: string | null;
  readonly lagRows: number;
  /** Since when there is something to do, about; 0 where there is nothing, null where that is not known. */
  readonly lagSeconds: number | null;
  readonly changedAt: Date | null;
  readonly written: number;
  readonly deleted: number;
  readonly kept: number;
  readonly quarantined: number;
}

/** Who follows now, and how far each table is; `logs` are the files where they can be seen from here. */
export async function followStatus(
  client: Client,
  logs: readonly ChangeLogState[],
  nowMs: number = Date.now(),
): Promise<{ readonly holder: string | null; readonly tables: FollowStatus[] }> {
  const holder = await holderOf(client, TO_FOLLOW);
  const states = await listFollowStates(client);
  const seen = new Map(logs.flatMap((log) => log.tables.map((table) => [table, log])));
  const unknown = [...seen.keys()].filter((table) => !states.some((state) => state.table === table));
  const tables = states.map((state) => statusOf(state, seen.get(state.table), holder !== null, nowMs));
  return { holder, tables: [...tables, ...unknown.map((table) => notBegun(table, seen.get(table)!))] };
}

function statusOf(state: FollowState, seen: ChangeLogState | undefined, isAlive: boolean, nowMs: number): FollowStatus {
  const { table, sourcePath: file, feed, changedAt, written, deleted, kept, quarantined, generation } = state;
  const isOther = feed === 'change-log' && seen !== undefined && seen.log?.generation !== generation;
  const end = isOther || feed !== 'change-log' ? undefined : seen?.log?.last;
  const lagRows = end === undefined ? state.lagRows : Number(end > state.checkpoint.position ? end - state.checkpoint.position : 0n); // prettier-ignore
  const common = { table, file, feed, changedAt, written, deleted, kept, quarantined };
  // Where a follower failed the code says more than the log that lies there now, which may be the reason.
  if (isOther && state.state !== 'failed') return { ...common, ...ofState(seen.log ? 'not begun' : 'not installed', null), lagRows: 0, lagSeconds: null }; // prettier-ignore
  const lives = isAlive && nowMs - state.seenAt.getTime() < ALIVE_MS;
  const current = lagRows > 0 ? 'behind' : 'following';
  return {
    ...common,
    ...ofState(state.state !== 'following' ? state.state : lives ? current : 'lost', state.reason),
    lagRows,
    lagSeconds: lagSecondsOf(state, lagRows, lives || end !== undefined, nowMs),
  };
}

const REMEDIES: Readonly<Record<FollowStatus['state'], string | null>> = {
  'not installed': 'Run `sluice follow install --yes`, then start `sluice follow`.',
  'not begun': 'Start `sluice follow`.',
  following: null,
  behind: null,
  ended: 'Start `sluice follow`.',
  lost: 'Start `sluice follow` again, under something that starts it after each end.',
  failed: 'Mend what the code says ("When it stops" in docs/guides/follow.md), then start `sluice follow`.',
};

/** What one that is lost has waited for is no reason any more. */
function ofState(
  state: FollowStatus['state'],
  reason: string | null,
): Pick<FollowStatus, 'state' | 'reason' | 'remedy'> {
  const isWaiting = reason !== null && (state === 'following' || state === 'behind');
  return {
    state,
    reason: isWaiting || state === 'failed' ? reason : null,
    remedy: isWaiting ? waitRemedy([reason]) : REMEDIES[state],
  };
}

/** From the moment at which it was last known that nothing was behind. */
function lagSecondsOf({ caughtUpAt }: FollowState, lagRows: number, isCertain: boolean, nowMs: number): number | null {
  if (lagRows === 0 && isCertain) return 0;
  return caughtUpAt ? Math.max(0, Math.round((nowMs - caughtUpAt.getTime()) / 1000)) : null;
}

const notBegun = (table: string, { file, log }: ChangeLogState): FollowStatus => ({
  ...{ table, file, feed: null, changedAt: null },
  ...ofState(log ? 'not begun' : 'not installed', null),
  ...{ lagRows: 0, lagSeconds: null, written: 0, deleted: 0, kept: 0, quarantined: 0 },
});

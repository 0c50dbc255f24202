import type { Client } from 'pg';
import { TO_FOLLOW } from '../follow/right';
import { findHolder, shownHolder } from '../state/lock';
import { countOpenDivergences } from './divergences';
import type { Domain } from './domain';

/** What is under way between the legacy files of a domain and PostgreSQL, as PostgreSQL knows it. */
export interface TwoWayState {
  readonly domain: string;
  /** To the files: keys that are queued, and how long the oldest of them waits. */
  readonly outbox: {
    readonly waiting: number;
    /** Refused by the legacy file, row by row: nobody tries them again unasked. */
    readonly dead: number;
    readonly oldestSeconds: number | null;
    /** The greatest number of attempts that one of the waiting ones has behind it. */
    readonly attempts: number;
    /** What the last attempt of a waiting one ended with; null where nobody has tried in vain. */
    readonly error: string | null;
    /** Of the dead ones `table key: why`, at most twenty. */
    readonly refusals: readonly string[];
  };
  /** That nobody has settled yet: also those of which one side won, because a write that was acknowledged lost. */
  readonly openDivergences: number;
  /** From the files. */
  readonly follow: {
    /**
     * Tables that no follower has ever taken over, that the last one ended with, or that whoever follows now does not follow:
     * nobody knows of a lag of theirs, also while somebody follows others.
     */
    readonly unknownTables: readonly string[];
    /** Tables whose follower failed, as `table: code`. */
    readonly failed: readonly string[];
    /** Tables whose follower lives and waits for something, as `table: code`. */
    readonly waits: readonly string[];
    /** By which all of them are found; `change-log` alone can carry both ways. */
    readonly feeds: readonly string[];
    /** Entries behind, as the follower said last. */
    readonly lagRows: number;
    /** When every table was last known to have nothing behind; the oldest of them. Null: never. */
    readonly caughtUpAt: Date | null;
    /** When the follower last gave a sign for each of them; the oldest. A live one does so every five seconds. */
    readonly seenAt: Date | null;
    /** Who holds the right to follow, and since when: a connection that lives. Null: nobody follows. */
    readonly holder: string | null;
    /** How long that connection lives; null also where the role may not know. */
    readonly forSeconds: number | null;
    /** The holder, where it follows each of them by change log: it carries what is queued. Others do not. */
    readonly carrier: string | null;
  };
}

/** Reads alone. Throws PostgreSQL's error. */
export async function twoWayState(client: Client, domain: Domain): Promise<TwoWayState> {
  const names = domain.tables.map(({ name }) => name);
  const { rows: outbox } = await client.query<Omit<TwoWayState['outbox'], 'refusals'>>(
    `SELECT count(*) FILTER (WHERE dead_at IS NULL)::int AS waiting, count(*) FILTER (WHERE dead_at IS NOT NULL)::int AS dead,
       extract(epoch FROM clock_timestamp() - min(queued_at) FILTER (WHERE dead_at IS NULL))::float8 AS "oldestSeconds",
       coalesce(max(attempts) FILTER (WHERE dead_at IS NULL), 0) AS attempts,
       (SELECT error FROM migration_outbox WHERE dead_at IS NULL AND error IS NOT NULL AND table_name = ANY($1)
         ORDER BY next_at DESC LIMIT 1) AS error
       FROM migration_outbox WHERE table_name = ANY($1)`,
    [names],
  );
  return {
    domain: domain.name,
    outbox: { ...outbox[0]!, refusals: outbox[0]!.dead > 0 ? await refusalsOf(client, names) : [] },
    openDivergences: await countOpenDivergences(client, domain.name),
    follow: await followOf(client, names),
  };
}

async function refusalsOf(client: Client, names: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ row: string }>(
    `SELECT DISTINCT table_name || ' ' || row_key || coalesce(': ' || error, '') AS row FROM migration_outbox
      WHERE dead_at IS NOT NULL AND table_name = ANY($1) ORDER BY 1 LIMIT 20`,
    [names],
  );
  return rows.map(({ row }) => row);
}

async function followOf(client: Client, names: readonly string[]): Promise<TwoWayState['follow']> {
  const { rows } = await client.query<{
    table: string;
    state: string;
    reason: string | null;
    feed: string;
    lagRows: number;
    caughtUpAt: Date | null;
    seenAt: Date;
  }>(
    `SELECT table_name AS "table", state, reason, feed, lag_rows::float8 AS "lagRows", caught_up_at AS "caughtUpAt",
       seen_at AS "seenAt" FROM migration_follow WHERE table_name = ANY($1) ORDER BY table_name COLLATE "C"`,
    [names],
  );
  const isAll = rows.length === names.length;
  const found = await findHolder(client, TO_FOLLOW);
  // Whoever takes a table over, and every sign of it, is later than its connection, unless the clock was set back behind that.
  const since = found && (found.forSeconds ?? 0) >= 0 ? found.since : null;
  const isHeld = ({ seenAt }: { seenAt: Date }): boolean => since === null || seenAt >= since;
  const isKnown = (row: (typeof rows)[number]): boolean => row.state === 'failed' || (row.state === 'following' && isHeld(row)); // prettier-ignore
  const holder = found && shownHolder(found);
  const isCarried = isAll && rows.every((row) => row.state === 'following' && row.feed === 'change-log' && isHeld(row));
  return {
    unknownTables: names.filter((name) => !rows.some((row) => row.table === name && isKnown(row))),
    failed: rows.filter(({ state }) => state === 'failed').map(({ table, reason }) => `${table}: ${reason ?? '-'}`),
    waits: rows.flatMap((row) => (row.state === 'following' && row.reason !== null && isHeld(row) ? [`${row.table}: ${row.reason}`] : [])), // prettier-ignore
    feeds: [...new Set(rows.map(({ feed }) => feed))],
    lagRows: rows.reduce((sum, row) => sum + row.lagRows, 0),
    caughtUpAt: isAll ? oldest(rows.map((row) => row.caughtUpAt)) : null,
    seenAt: isAll ? oldest(rows.map((row) => row.seenAt)) : null,
    holder,
    forSeconds: found?.forSeconds ?? null,
    carrier: isCarried ? holder : null,
  };
}

const oldest = (times: readonly (Date | null)[]): Date | null =>
  times.reduce((least, time) => (least === null || time === null ? null : time < least ? time : least));

import { DomainError } from '@sluice/core';
import {
  followStatus,
  isTwoWay,
  listChangeLogs,
  listDomains,
  twoWayState,
  type ChangeLogState,
  type FollowStatus,
  type Mode,
  type TwoWayState,
  type Wait,
  waitsOf,
} from '@sluice/migration';
import { tradingDomains, tradingTables } from '@sluice/trading-legacy';
import type { Context } from '../context';
import { withDatabase } from '../database';
import { exitCodes } from '../exit-codes';
import { chosenTables, sourceOptions } from '../migration';
import { bigintAsText } from '../output/progress';
import { formatCount, formatTable } from '../output/table';

type Client = Parameters<typeof listDomains>[0];

/** Exit 0, or 3 where a follower has ended by a failure or without a word. Without --legacy it is what PostgreSQL knows. */
export default async function status(context: Context): Promise<number> {
  const { options, settings } = context;
  const chosen = new Set(chosenTables(context).map(({ name }) => name));
  const logs = settings.legacyDir ? await seenLogs(context) : [];
  const { holder, tables, twoWay } = await withDatabase(context, 'follow status', async (client) => ({
    ...(await followStatus(client, logs)),
    twoWay: await statesOf(client, chosen),
  }));
  const shown = tables.filter(({ table }) => chosen.has(table));
  if (options.json) context.print(JSON.stringify({ holder, tables: shown, twoWay }, bigintAsText, 2));
  else {
    context.print([formatStatus(shown), ...formatRemedies(shown)].join('\n'));
    if (twoWay.length > 0) context.print(formatTwoWay(twoWay));
    context.print(holder ? `Followed by ${holder}.` : 'Nobody follows.');
  }
  return shown.some(({ state }) => state === 'failed' || state === 'lost') ? exitCodes.refused : exitCodes.done;
}

/** A file that cannot be read just now hides nothing of what PostgreSQL knows. */
async function seenLogs(context: Context): Promise<ChangeLogState[]> {
  const { signal } = context;
  try {
    return await listChangeLogs({ ...sourceOptions(context), tables: chosenTables(context), known: tradingTables, signal }); // prettier-ignore
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind === 'usage') throw error;
    context.log(`The files are not looked at: ${error.message} [${error.code}]`);
    return [];
  }
}

type ShownState = TwoWayState & { readonly mode: Mode; readonly waits: readonly Wait[] };

/** Of the domains that both sides write or of which something is queued, and of closed ones that the legacy program writes. */
async function statesOf(client: Client, chosen: ReadonlySet<string>): Promise<ShownState[]> {
  const states: ShownState[] = [];
  for (const { name, mode } of await listDomains(client)) {
    const domain = tradingDomains.find((one) => one.name === name);
    if (!domain || !domain.tables.some((table) => chosen.has(table.name))) continue;
    const state = await twoWayState(client, domain);
    const { outbox, openDivergences } = state;
    if (isTwoWay(mode) || outbox.waiting + outbox.dead > 0 || (mode === 'new' && openDivergences > 0))
      states.push({ ...state, mode, waits: waitsOf(state, mode) });
  }
  return states;
}

/** What is on its way into the files; then why something is not, and what mends it. */
function formatTwoWay(states: readonly ShownState[]): string {
  const rows = states.map(({ domain, mode, outbox, openDivergences }) => [
    ...[domain, mode, formatCount(outbox.waiting)],
    outbox.oldestSeconds === null ? '0 s' : `${Math.round(outbox.oldestSeconds)} s`,
    ...[outbox.dead, openDivergences].map(formatCount),
  ]);
  const head = ['domain', 'mode', 'to the file', 'oldest', 'refused', 'open divergences'];
  const table = formatTable(head, rows, ['left', 'left', 'right', 'right', 'right', 'right']);
  const waits = states.flatMap(({ domain, waits: all }) => all.map(({ reason, remedy }) => `  ✗ ${domain}: ${reason}\n    → ${remedy}`)); // prettier-ignore
  return [table, ...waits].join('\n');
}

/** What the table has no room for; once for all tables in the same state. */
function formatRemedies(tables: readonly FollowStatus[]): string[] {
  const alike = new Map<string, string[]>();
  for (const { table, state, reason, remedy } of tables) {
    if (remedy === null) continue;
    const what = `${shownState({ state, reason })}\n    → ${remedy}`;
    alike.set(what, [...(alike.get(what) ?? []), table]);
  }
  return [...alike].map(([what, names]) => `  ✗ ${names.join(', ')}: ${what}`);
}

const shownState = ({ state, reason }: Pick<FollowStatus, 'state' | 'reason'>): string =>
  reason === null ? state : `${state}: ${reason}`;

const HEAD = [
  'table',
  'file',
  'state',
  'lag, changes',
  'lag',
  'last change',
  'written',
  'deleted',
  'kept',
  'quarantined',
];

function formatStatus(tables: readonly FollowStatus[]): string {
  const rows = tables.map((one) => [
    one.table,
    one.file,
    shownState(one),
    formatCount(one.lagRows),
    one.lagSeconds === null ? '-' : `${one.lagSeconds} s`,
    one.changedAt?.toISOString().replace('T', ' ').slice(0, 19) ?? '-',
    ...[one.written, one.deleted, one.kept, one.quarantined].map(formatCount),
  ]);
  return formatTable(
    HEAD,
    rows,
    HEAD.map((_, at) => (at < 3 || at === 5 ? 'left' : 'right')),
  );
}

import { followStatus, listChangeLogs, type FollowStatus } from '@sluice/migration';
import { tradingTables } from '@sluice/trading-legacy';
import type { Context } from '../context';
import { withDatabase } from '../database';
import { exitCodes } from '../exit-codes';
import { chosenTables, sourceOptions } from '../migration';
import { bigintAsText } from '../output/progress';
import { formatCount, formatTable } from '../output/table';

/** Exit 0, or 3 where a follower has ended by a failure or without a word. Without --legacy it is what PostgreSQL knows. */
export default async function status(context: Context): Promise<number> {
  const { options, settings, signal } = context;
  const logs = settings.legacyDir
    ? await listChangeLogs({ ...sourceOptions(context), tables: chosenTables(context), known: tradingTables, signal })
    : [];
  const chosen = new Set(chosenTables(context).map(({ name }) => name));
  const { holder, tables } = await withDatabase(context, 'follow status', (client) => followStatus(client, logs));
  const shown = tables.filter(({ table }) => chosen.has(table));
  if (options.json) context.print(JSON.stringify({ holder, tables: shown }, bigintAsText, 2));
  else {
    context.print(formatStatus(shown));
    context.print(holder ? `Followed by ${holder}.` : 'Nobody follows.');
  }
  return shown.some(({ state }) => state === 'failed' || state === 'lost') ? exitCodes.refused : exitCodes.done;
}

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
    one.reason === null ? one.state : `${one.state}: ${one.reason}`,
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

import { requireDatabaseUrl } from '@sluice/config';
import { chosenDomains, queueWinners, reconcile, reviveEntries, type Reconciled } from '@sluice/migration';
import { tradingDomains, tradingTables } from '@sluice/trading-legacy';
import { confirm } from '../confirm';
import type { Context } from '../context';
import { withDatabase } from '../database';
import { exitCodes } from '../exit-codes';
import { chosenTables, sourceOptions } from '../migration';
import { bigintAsText } from '../output/progress';
import { countOf, formatTable } from '../output/table';

/** Exit 0 where both sides are equal or the winners are queued, 5 where rows are unequal still. */
export default async function reconcileFiles(context: Context): Promise<number> {
  const { options, settings, signal, holder, print } = context;
  const asked = chosenTables(context);
  const ofDomains = chosenDomains(tradingDomains, options.domain ?? []).flatMap((domain) => domain.tables);
  const tables = ofDomains.filter((table) => asked.includes(table));
  if (options.retryDead) {
    const names = tables.map(({ name }) => name);
    const count = await withDatabase(context, 'reconcile', (client) => reviveEntries(client, names));
    print(options.json ? JSON.stringify({ revived: count }) : `${countOf(count, 'row')} will be tried again.`);
    return exitCodes.done;
  }
  const connectionString = requireDatabaseUrl(settings).reveal();
  const work = { ...sourceOptions(context), tables, known: tradingTables, connectionString, holder, signal };
  return withDatabase(context, 'reconcile', async (client) => {
    const result = await reconcile(client, { ...work, note: !options.dryRun });
    const { unequal, others } = result;
    if (unequal.length === 0 || options.dryRun || (options.json && !options.yes)) {
      show(context, result, false);
      return unequal.length + others.length > 0 ? exitCodes.differs : exitCodes.done;
    }
    if (!options.json) print(formatUnequal(result));
    await confirm(context, `${countOf(unequal.length, 'row')} would be carried over the other side.`);
    await queueWinners(client, { ...work, note: true }, unequal);
    if (options.json) show(context, result, true);
    else print('Queued: `sluice follow` carries them.');
    return others.length > 0 ? exitCodes.differs : exitCodes.done;
  });
}

function show({ options, print }: Context, result: Reconciled, isQueued: boolean): void {
  if (options.json) print(JSON.stringify({ ...result, queued: isQueued }, bigintAsText, 2));
  else print(formatUnequal(result));
}

function formatUnequal({ tables, unequal, others }: Reconciled): string {
  if (tables.length === 0) return 'No table is written on both sides.';
  if (unequal.length + others.length === 0) return `Equal: ${tables.join(', ')}.`;
  const rows = unequal.map(({ domain, table, key, winner, legacyRow, targetRow }) => {
    const columns = Object.keys({ ...legacyRow, ...targetRow }).filter((one) => legacyRow?.[one] !== targetRow?.[one]);
    const what = !legacyRow ? 'not in the file' : !targetRow ? 'not in PostgreSQL' : columns.join(', ');
    return [domain, table, key.toString(), what, winner === 'legacy' ? 'the file' : 'PostgreSQL'];
  });
  const head = ['domain', 'table', 'key', 'unequal', 'winner'];
  const table = formatTable(head, rows, ['left', 'left', 'right', 'left', 'left']);
  return [...(rows.length > 0 ? [table] : []), ...others].join('\n');
}

import { chosenDomains, listDivergences, type Divergence } from '@sluice/migration';
import { tradingDomains } from '@sluice/trading-legacy';
import type { Context } from '../context';
import { withDatabase } from '../database';
import { exitCodes } from '../exit-codes';
import { countOf, formatTable } from '../output/table';

/** Exit 5 where one of them is open. */
export default async function divergencesList(context: Context): Promise<number> {
  const { options, print } = context;
  const names = new Set(chosenDomains(tradingDomains, options.domain ?? []).map(({ name }) => name));
  const all = await withDatabase(context, 'divergences', (client) => listDivergences(client, { all: options.all ?? false })); // prettier-ignore
  const shown = all.filter(({ domain }) => names.has(domain));
  if (options.json) print(JSON.stringify(shown, null, 2));
  else print(shown.length === 0 ? 'The two sides agree.' : formatDivergences(shown));
  return shown.some(({ settledAt }) => settledAt === null) ? exitCodes.differs : exitCodes.done;
}

/** Names what differs and shows no value; `--json` has the rows. */
function formatDivergences(shown: readonly Divergence[]): string {
  const rows = shown.map(({ id, table, key, kind, winner, legacyRow, targetRow, foundAt, settledBy }) => {
    const columns = Object.keys({ ...legacyRow, ...targetRow }).filter((one) => legacyRow?.[one] !== targetRow?.[one]);
    const what = legacyRow && targetRow ? columns.join(', ') : legacyRow ? 'only in the file' : 'only in PostgreSQL';
    const side = winner === 'legacy' ? 'the file' : winner === 'target' ? 'PostgreSQL' : '-';
    return [
      id,
      table,
      key,
      kind,
      side,
      what,
      foundAt.toISOString().replace('T', ' ').slice(0, 19),
      settledBy ?? 'open',
    ];
  });
  const head = ['id', 'table', 'key', 'kind', 'winner', 'what', 'found', 'settled by'];
  const table = formatTable(head, rows, ['right', 'left', 'right', 'left', 'left', 'left', 'left', 'left']);
  return `${table}\n${countOf(shown.length, 'row')}. \`--json\` gives both rows of each.`;
}

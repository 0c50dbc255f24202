import { countQuarantine, listQuarantine, type QuarantineEntry } from '@sluice/migration';
import { exitCodes } from '../exit-codes';
import type { Context } from '../context';
import { withDatabase } from '../database';
import { chosenTables } from '../migration';
import { countOf, formatFirstRows, SHOWN_ROWS } from '../output/table';

export default async function quarantineList(context: Context): Promise<number> {
  const { options, print } = context;
  // An unknown name is a mistake, not an empty quarantine.
  const tables = options.only && chosenTables(context).map(({ name }) => name);
  await withDatabase(context, 'quarantine', async (client) => {
    if (options.json) return printAll(print, (after) => listQuarantine(client, { tables, after, limit: PAGE_ROWS }));
    const total = await countQuarantine(client, tables);
    if (total === 0) return print('Nothing is in quarantine.');
    print(formatEntries(await listQuarantine(client, { tables, limit: SHOWN_ROWS }), total));
    print(`${countOf(total, 'row')}. \`sluice quarantine show ID\` gives the raw bytes of one.`);
  });
  return exitCodes.done;
}

function formatEntries(entries: readonly QuarantineEntry[], total: number): string {
  const lines = entries.map(({ id, table, key, column, code, reason }) => [id, table, key, column ?? '', code, reason]);
  const head = ['id', 'table', 'key', 'column', 'code', 'reason'];
  return formatFirstRows(head, lines, ['right', 'left', 'right', 'left', 'left', 'left'], total);
}

const PAGE_ROWS = 1_000;

/** All rows, each on a line of its own, written while they are read: there may be more of them than memory holds. */
async function printAll(
  print: Context['print'],
  pageAfter: (id: string | undefined) => Promise<QuarantineEntry[]>,
): Promise<void> {
  let page = await pageAfter(undefined); // Where that fails nothing but the failure is printed.
  print('[');
  for (let comma = ''; page.length > 0; comma = ',') {
    print(`  ${comma}${page.map((entry) => JSON.stringify(entry)).join(',\n  ')}`);
    page = await pageAfter(page.at(-1)?.id);
  }
  print(']');
}

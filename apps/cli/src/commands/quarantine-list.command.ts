import { listQuarantine } from '@sluice/migration';
import { exitCodes } from '../exit-codes';
import type { Context } from '../context';
import { withDatabase } from '../database';
import { chosenTables } from '../migration';
import { countOf, formatFirstRows } from '../output/table';

export default async function quarantineList(context: Context): Promise<number> {
  const { options } = context;
  // An unknown name is a mistake, not an empty quarantine.
  const names = options.only && chosenTables(context).map(({ name }) => name);
  const rows = await withDatabase(context, 'quarantine', (client) => listQuarantine(client, names));
  if (options.json) context.print(JSON.stringify(rows, null, 2));
  else if (rows.length === 0) context.print('Nothing is in quarantine.');
  else {
    const lines = rows.map(({ id, table, key, column, code, reason }) => [id, table, key, column ?? '', code, reason]);
    context.print(
      formatFirstRows(['id', 'table', 'key', 'column', 'code', 'reason'], lines, [
        'right',
        'left',
        'right',
        'left',
        'left',
        'left',
      ]),
    );
    context.print(`${countOf(rows.length, 'row')}. \`sluice quarantine show ID\` gives the raw bytes of one.`);
  }
  return exitCodes.done;
}

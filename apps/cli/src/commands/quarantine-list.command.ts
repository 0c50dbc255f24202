import { listQuarantine } from '@sluice/migration';
import { exitCodes } from '../exit-codes';
import type { Context } from '../context';
import { withDatabase } from '../database';
import { formatTable } from '../output/table';

export default async function quarantineList(context: Context): Promise<number> {
  const { options } = context;
  const rows = await withDatabase(context, 'quarantine', (client) => listQuarantine(client, options.only));
  if (options.json) context.print(JSON.stringify(rows, null, 2));
  else if (rows.length === 0) context.print('Nothing is in quarantine.');
  else {
    const lines = rows.map(({ id, table, key, column, code, reason }) => [id, table, key, column ?? '', code, reason]);
    context.print(
      formatTable(['id', 'table', 'key', 'column', 'code', 'reason'], lines, [
        'right',
        'left',
        'right',
        'left',
        'left',
        'left',
      ]),
    );
    context.print(`${rows.length} rows. \`sluice quarantine show ID\` gives the raw bytes of one.`);
  }
  return exitCodes.done;
}

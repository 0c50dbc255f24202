import { listBackups } from '@sluice/migration';
import { formatBackups } from '../backup';
import type { Context } from '../context';
import { withDatabase } from '../database';
import { exitCodes } from '../exit-codes';

export default async function backupList(context: Context): Promise<number> {
  const records = await withDatabase(context, 'backup', (client) => listBackups(client));
  if (context.options.json) context.print(JSON.stringify(records, null, 2));
  else
    context.print(
      records.length === 0 ? 'There is no backup. Take one with `sluice backup create`.' : formatBackups(records),
    );
  return exitCodes.done;
}

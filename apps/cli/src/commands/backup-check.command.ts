import { checkRecorded } from '@sluice/migration';
import { withBackups } from '../backup';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';

export default async function backupCheck(context: Context, id = ''): Promise<number> {
  const { folder, sha256 } = await withBackups(context, (options) => checkRecorded(id, options));
  if (context.options.json) context.print(JSON.stringify({ id, folder, sha256, whole: true }, null, 2));
  else context.print(`${id} is whole: every file has the SHA-256 of its manifest.`);
  return exitCodes.done;
}

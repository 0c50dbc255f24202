import { presentKeys, takenOf, withCaches } from '../cache-engine';
import { confirm } from '../confirm';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';
import { countOf } from '../output/table';

export default async function cacheDelete(context: Context, name = '', ...keys: string[]): Promise<number> {
  const { json, dryRun = false } = context.options;
  const count = await withCaches(context, async (admin) => {
    if (dryRun) return (await presentKeys(admin, name, keys)).length;
    admin.get(name);
    await confirm(context, `Delete ${countOf(keys.length, 'key')} of the cache ${name}?`);
    return takenOf(await admin.deleteKeys(context.holder, name, keys));
  });
  if (json) context.print(JSON.stringify({ name, dryRun, deleted: count }));
  else context.print(`${countOf(count, 'key')} ${dryRun ? 'would be deleted' : 'deleted'}.`);
  return exitCodes.done;
}

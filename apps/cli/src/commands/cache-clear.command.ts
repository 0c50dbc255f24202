import { takenOf, withCaches } from '../cache-engine';
import { confirm } from '../confirm';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';
import { countOf } from '../output/table';

export default async function cacheClear(context: Context, name = ''): Promise<number> {
  const { json, dryRun = false } = context.options;
  const count = await withCaches(context, async (admin) => {
    if (dryRun) return admin.countKeys(name);
    admin.get(name);
    await confirm(context, `Delete every entry of the cache ${name}?`);
    const progress = (removed: number) => context.log(`${countOf(removed, 'key')} deleted so far`);
    return takenOf(await admin.clear(context.holder, name, progress));
  });
  if (json) context.print(JSON.stringify({ name, dryRun, cleared: count }));
  else context.print(`${countOf(count, 'key')} ${dryRun ? 'would be deleted' : 'deleted'}.`);
  return exitCodes.done;
}

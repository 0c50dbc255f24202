import { presentKeys, takenOf, withCaches } from '../cache-engine';
import { confirm } from '../confirm';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';
import { countOf } from '../output/table';

/** Where the cache keeps no stale values, expiring deletes: that is said, and wants the same yes. */
export default async function cacheExpire(context: Context, name = '', ...keys: string[]): Promise<number> {
  const { json, dryRun = false } = context.options;
  const { count, isDeleting } = await withCaches(context, async (admin) => {
    const isDeleting = admin.get(name).policy.graceMs === 0;
    if (dryRun) return { count: (await presentKeys(admin, name, keys)).length, isDeleting };
    if (isDeleting)
      await confirm(context, `The cache ${name} keeps no stale values. Delete ${countOf(keys.length, 'key')} of it?`);
    return { count: takenOf(await admin.expireKeys(context.holder, name, keys)), isDeleting };
  });
  const [expired, deleted] = isDeleting ? [0, count] : [count, 0];
  if (json) context.print(JSON.stringify({ name, dryRun, expired, deleted }));
  else context.print(`${countOf(count, 'key')} ${dryRun ? 'would be ' : ''}${isDeleting ? 'deleted' : 'expired'}.`);
  return exitCodes.done;
}

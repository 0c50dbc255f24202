import { presentKeys, takenOf, withCaches } from '../cache-engine';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';
import { countOf } from '../output/table';

export default async function cacheExpire(context: Context, name = '', ...keys: string[]): Promise<number> {
  const { json, dryRun = false } = context.options;
  const count = await withCaches(context, async (admin) =>
    dryRun
      ? (await presentKeys(admin, name, keys)).length
      : takenOf(await admin.expireKeys(context.holder, name, keys)),
  );
  if (json) context.print(JSON.stringify({ name, dryRun, expired: count }));
  else context.print(`${countOf(count, 'key')} ${dryRun ? 'would be expired' : 'expired'}.`);
  return exitCodes.done;
}

import { assertTaken, presentKeys, takenOf, withCaches } from '../cache-engine';
import { UsageError } from '../cli.errors';
import { confirm } from '../confirm';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';
import { countOf } from '../output/table';

/** By their keys, or all that carry one of the tags. */
export default async function cacheDelete(context: Context, name = '', ...keys: string[]): Promise<number> {
  const { tag: tags = [] } = context.options;
  if (keys.length > 0 === tags.length > 0) throw new UsageError('Give the keys to delete, or --tag, and not both.');
  return tags.length > 0 ? deleteTagged(context, name, tags) : deleteKeys(context, name, keys);
}

async function deleteKeys(context: Context, name: string, keys: readonly string[]): Promise<number> {
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

/** In one step, whatever the keys, so that nobody knows how many there are. */
async function deleteTagged(context: Context, name: string, tags: readonly string[]): Promise<number> {
  const { json, dryRun = false } = context.options;
  await withCaches(context, async (admin) => {
    admin.assertTagged(name);
    if (dryRun) return;
    await confirm(context, `Delete every entry of the cache ${name} with ${countOf(tags.length, 'tag')}?`);
    assertTaken(await admin.invalidateTags(context.holder, name, tags));
  });
  if (json) context.print(JSON.stringify({ name, dryRun, tags, deleted: null }));
  else context.print(`Every entry with ${tags.join(' or ')} ${dryRun ? 'would be deleted' : 'is deleted'}.`);
  return exitCodes.done;
}

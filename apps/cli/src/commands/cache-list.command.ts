import { withCaches } from '../cache-engine';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';
import { formatTable } from '../output/table';

export default async function cacheList(context: Context): Promise<number> {
  const caches = await withCaches(context, async (admin) =>
    admin.list().map(({ name, about, keys, version, store, fresh, policy }) => ({
      ...{ name, about, keys, version, store, fresh, policy },
    })),
  );
  if (context.options.json) context.print(JSON.stringify(caches, null, 2));
  else {
    const lines = caches.map(({ name, keys, fresh, about }) => [name, keys, fresh, about]);
    context.print(formatTable(['name', 'keys', 'fresh', 'what'], lines, Array(4).fill('left')));
  }
  return exitCodes.done;
}

import { withCaches } from '../cache-engine';
import { UsageError } from '../cli.errors';
import { wholeNumber, type Context } from '../context';
import { exitCodes } from '../exit-codes';

const MOST_KEYS = 10_000;

export default async function cacheKeys(context: Context, name = ''): Promise<number> {
  const { limit = '200', cursor = '0', json } = context.options;
  const count = wholeNumber('--limit', limit, 1);
  if (count > MOST_KEYS) throw new UsageError(`--limit takes at most ${MOST_KEYS}, not ${count}.`);
  if (!/^\d{1,6}(-\d{1,20})?$|^\d{1,20}$/.test(cursor))
    throw new UsageError('--cursor takes the end of the last page.');
  const page = await withCaches(context, (admin) => admin.keys(name, cursor, count));
  if (json) context.print(JSON.stringify(page, null, 2));
  else for (const key of page.keys) context.print(key);
  if (!json && page.cursor !== '0') context.log(`There is more: --cursor ${page.cursor}`);
  return exitCodes.done;
}

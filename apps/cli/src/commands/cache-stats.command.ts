import { withCaches } from '../cache-engine';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';
import { censuses, formatCensuses } from '../output/cache-census';

export default async function cacheStats(context: Context, name?: string): Promise<number> {
  const found = await withCaches(context, (admin) => censuses(admin, name));
  context.print(context.options.json ? JSON.stringify(found, null, 2) : formatCensuses(found));
  return exitCodes.done;
}

import { withCaches } from '../cache-engine';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';
import { censuses, formatCensuses } from '../output/cache-census';
import { countOf } from '../output/table';

/** Exit 5 where an entry does not decode or has no end. */
export default async function cacheVerify(context: Context, name?: string): Promise<number> {
  const found = await withCaches(context, (admin) => censuses(admin, name));
  const wrong = found.filter(({ isClean }) => !isClean);
  if (context.options.json) context.print(JSON.stringify(found, null, 2));
  else {
    context.print(formatCensuses(found));
    for (const { findings } of wrong) for (const { kind, key } of findings) context.print(`${kind}: ${key ?? ''}`);
    context.print(
      wrong.length === 0 ? 'Every entry is as declared.' : `${countOf(wrong.length, 'cache')} with findings.`,
    );
  }
  return wrong.length === 0 ? exitCodes.done : exitCodes.differs;
}

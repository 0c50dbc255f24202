import { replayQuarantine } from '@sluice/migration';
import { exitCodes } from '../exit-codes';
import type { Context } from '../context';
import { openCache, workOptions } from '../migration';
import { formatFirstRows } from '../output/table';

/** Exit 0 when nothing is left in quarantine, 4 when something is. */
export default async function quarantineReplay(context: Context): Promise<number> {
  const cache = await openCache(context);
  try {
    const results = await replayQuarantine({ ...workOptions(context), cache });
    if (context.options.json) context.print(JSON.stringify(results, null, 2));
    else if (results.length === 0) context.print('Nothing is in quarantine.');
    else {
      const rows = results.map(({ table, key, outcome, reason }) => [table, key, outcome, reason ?? '']);
      context.print(formatFirstRows(['table', 'key', 'outcome', 'reason'], rows, ['left', 'right', 'left', 'left']));
    }
    const left = results.filter(({ outcome }) => outcome === 'still-bad').length;
    return left > 0 ? exitCodes.quarantined : exitCodes.done;
  } finally {
    await cache?.close();
  }
}

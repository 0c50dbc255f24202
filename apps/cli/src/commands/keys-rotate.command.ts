import { lifeMs, printNewKey, withKeys } from '../api-keys';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';

export default async function keysRotate(context: Context, id = ''): Promise<number> {
  const { overlap = '24h' } = context.options;
  const overlapMs = lifeMs('--overlap', overlap, 0);
  const made = await withKeys(context, 'keys rotate', (keys) => keys.rotate(id, overlapMs));
  if (!context.options.json) context.log(`The key ${id} goes on for ${overlap} at most.`);
  printNewKey(context, made, { rotated: id });
  return exitCodes.done;
}

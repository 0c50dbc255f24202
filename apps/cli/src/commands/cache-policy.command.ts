import { withCaches } from '../cache-engine';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';

export default async function cachePolicy(context: Context, name = ''): Promise<number> {
  const { fresh, policy } = await withCaches(context, async (admin) => admin.get(name));
  if (context.options.json) context.print(JSON.stringify({ name, fresh, policy }, null, 2));
  else
    for (const [option, value] of Object.entries({ fresh, ...policy }))
      context.print(`${option.padEnd(20)} ${String(value)}`);
  return exitCodes.done;
}

import { withCaches } from '../cache-engine';
import { UsageError } from '../cli.errors';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';
import { formatBytes, formatLife } from '../output/table';

const STATES: Readonly<Record<string, string>> = {
  invalidated: 'invalidated by a tag: to every reader it is a miss',
  otherVersion: 'of another version: only processes of that release read it',
};

export default async function cacheInspect(context: Context, name = '', key = ''): Promise<number> {
  const entry = (await withCaches(context, (admin) => admin.inspect(name, key)))?.tier2;
  if (!entry) throw new UsageError(`The cache ${name} has no such entry.`);
  const { state, lifeMs, freshForMs, sizeBytes, value } = entry;
  if (context.options.json) context.print(JSON.stringify({ key, ...entry }, jsonValue, 2));
  else {
    context.print(`state  ${STATES[state] ?? state}`);
    context.print(`fresh  ${formatLife(freshForMs)}`);
    context.print(`life   ${formatLife(lifeMs)}`);
    context.print(`size   ${formatBytes(sizeBytes)}`);
    context.print(`value  ${JSON.stringify(value, jsonValue)}`);
  }
  return exitCodes.done;
}

/** What JSON has no form for, such as the values of the faithful codec, is shown as text or as its parts. */
function jsonValue(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Map) return [...value];
  if (value instanceof Set) return [...value];
  return value;
}

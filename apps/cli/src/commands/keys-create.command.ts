import { assertName, lifeMs, printNewKey, scopesOf, withKeys } from '../api-keys';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';

const LEAST_MS = 60_000;

export default async function keysCreate(context: Context): Promise<number> {
  const { name = '', scope = [], expires } = context.options;
  assertName(name);
  const scopes = scopesOf(scope.join());
  const life = expires === undefined ? null : lifeMs('--expires', expires, LEAST_MS);
  printNewKey(context, await withKeys(context, 'keys create', (keys) => keys.create(name, scopes, life)));
  return exitCodes.done;
}

import { keyDocument, shownTime, stateOf, withKeys } from '../api-keys';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';
import { formatTable } from '../output/table';

export default async function keysList(context: Context): Promise<number> {
  const all = await withKeys(context, 'keys list', (keys) => keys.list());
  if (context.options.json) context.print(JSON.stringify(all.map(keyDocument), null, 2));
  else if (all.length === 0) context.print('There is no key. `sluice keys create` makes one.');
  else {
    const rows = all.map((key) => [
      ...[key.id, key.name, key.scopes.join(','), stateOf(key)],
      ...[shownTime(key.createdAt), shownTime(key.expiresAt), shownTime(key.lastUsedAt)],
    ]);
    const head = ['id', 'name', 'scopes', 'state', 'created', 'ends', 'last used'];
    context.print(formatTable(head, rows, Array(head.length).fill('left')));
  }
  return exitCodes.done;
}

import { keyDocument, withKeys } from '../api-keys';
import { confirm } from '../confirm';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';

export default async function keysRevoke(context: Context, id = ''): Promise<number> {
  const key = await withKeys(context, 'keys revoke', async (keys) => {
    await confirm(context, `Revoke the key ${id}?`);
    return keys.revoke(id);
  });
  context.print(
    context.options.json
      ? JSON.stringify(keyDocument(key), null, 2)
      : `The key ${key.id} of ${key.name} is revoked; the API refuses it within 5 seconds.`,
  );
  return exitCodes.done;
}

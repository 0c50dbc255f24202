import { listPolicy, setPolicy } from '@sluice/migration';
import { pairs, wholeNumber, type Context } from '../context';
import { personOf } from '../cutover';
import { withDatabase } from '../database';
import { exitCodes } from '../exit-codes';
import { formatTable } from '../output/table';

/** Shows what the gates ask for; with `--set` changes it, by name and in the audit log. */
export default async function policy(context: Context): Promise<number> {
  const { options } = context;
  const changes = Object.entries(pairs('set', options.set)).map(([name, text]) => ({
    name,
    value: wholeNumber(`--set ${name}`, text, 0),
  }));
  const change = changes.length > 0 ? { changes, actor: personOf(context), reason: options.reason ?? 'none given' } : null; // prettier-ignore
  const entries = await withDatabase(context, 'cutover policy', async (client) => {
    if (change) await setPolicy(client, change);
    return listPolicy(client);
  });
  if (options.json) context.print(JSON.stringify(entries, null, 2));
  else {
    const rows = entries.map(({ name, value, about, setBy }) => [name, String(value), about, setBy ?? '']);
    context.print(formatTable(['rule', 'value', 'what it asks', 'set by'], rows, ['left', 'right', 'left', 'left']));
  }
  return exitCodes.done;
}

import { explainShadowDifference, listShadowDifferences } from '@sluice/migration';
import { UsageError } from '../cli.errors';
import { wholeNumber, type Context } from '../context';
import { domainsOf, personOf } from '../cutover';
import { withDatabase } from '../database';
import { exitCodes } from '../exit-codes';
import { formatTable } from '../output/table';

/** Without a number: what differed, and whether somebody has said why. Exit 3 where a difference waits for a reason. */
export default async function explain(context: Context, id?: string): Promise<number> {
  const { options, print } = context;
  if (id !== undefined) {
    const reason = options.reason?.trim() ?? '';
    if (reason === '') throw new UsageError('An explanation needs a reason.', { remedy: 'Add --reason TEXT.' });
    const difference = { id: String(wholeNumber('<id>', id, 1)), actor: personOf(context), reason };
    await withDatabase(context, 'cutover explain', (client) => explainShadowDifference(client, difference));
    print(
      options.json ? JSON.stringify(difference) : `Difference ${difference.id} is explained by ${difference.actor}.`,
    );
    return exitCodes.done;
  }
  const found = await withDatabase(context, 'cutover explain', async (client) => {
    const lists = [];
    for (const { name } of domainsOf(context)) lists.push(...(await listShadowDifferences(client, name)));
    return lists;
  });
  if (options.json) print(JSON.stringify(found, null, 2));
  else if (found.length === 0) print('No answer of the two sides differed.');
  else {
    const rows = found.map((one) => [
      ...[one.id, one.domain, one.operation, one.fields, String(one.times)],
      one.explainedBy === null ? 'not explained' : `${one.explainedBy}: ${one.explanation ?? ''}`,
    ]);
    print(formatTable(['id', 'domain', 'operation', 'fields', 'times', 'why'], rows, ['right', 'left', 'left', 'left', 'right', 'left'])); // prettier-ignore
  }
  return found.some(({ explainedBy }) => explainedBy === null) ? exitCodes.refused : exitCodes.done;
}

import { chosenDomains, settleDivergences } from '@sluice/migration';
import { tradingDomains } from '@sluice/trading-legacy';
import { UsageError } from '../cli.errors';
import { wholeNumber, type Context } from '../context';
import { withDatabase } from '../database';
import { exitCodes } from '../exit-codes';
import { countOf } from '../output/table';

/** Those that are named, or all that are open. */
export default async function divergencesSettle(context: Context, ...ids: string[]): Promise<number> {
  const { options, print } = context;
  if (ids.length === 0 && !options.all) throw new UsageError('Nothing is named.', { remedy: 'Name the ids of `sluice divergences list`, or add --all.' }); // prettier-ignore
  const named = ids.length > 0 ? ids.map((id) => String(wholeNumber('<id>', id, 1))) : null;
  const domains =
    options.domain === undefined
      ? [undefined]
      : chosenDomains(tradingDomains, options.domain ?? []).map(({ name }) => name);
  let count = 0;
  await withDatabase(context, 'divergences', async (client) => {
    for (const domain of domains)
      count += await settleDivergences(client, { ids: named, domain, by: options.by!, resolution: options.reason! });
  });
  print(options.json ? JSON.stringify({ settled: count }) : `${countOf(count, 'row')} settled by ${options.by!}.`);
  return exitCodes.done;
}

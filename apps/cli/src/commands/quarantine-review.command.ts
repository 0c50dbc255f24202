import { reviewQuarantine } from '@sluice/migration';
import { UsageError } from '../cli.errors';
import { wholeNumber, type Context } from '../context';
import { personOf } from '../cutover';
import { withDatabase } from '../database';
import { exitCodes } from '../exit-codes';
import { countOf } from '../output/table';

/** Notes that a person has looked at rows that stay in quarantine, and why they may. */
export default async function review(context: Context, id?: string): Promise<number> {
  const { options } = context;
  if ((id === undefined) === !options.all)
    throw new UsageError('Give the number of one row, or --all.', { remedy: '`sluice quarantine list` shows them.' });
  const one = id === undefined ? null : String(wholeNumber('<id>', id, 1));
  const by = personOf(context);
  const reason = options.reason?.trim() ?? '';
  if (reason === '') throw new UsageError('A review needs a reason.', { remedy: 'Add --reason TEXT.' });
  const reviewed = await withDatabase(context, 'quarantine review', (client) =>
    reviewQuarantine(client, { id: one, by, reason }),
  );
  context.print(options.json ? JSON.stringify({ reviewed }) : `${countOf(reviewed, 'row')} reviewed by ${by}.`);
  return exitCodes.done;
}

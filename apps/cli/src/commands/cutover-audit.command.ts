import { acceptAudit, auditState } from '@sluice/migration';
import { UsageError } from '../cli.errors';
import type { Context } from '../context';
import { personOf, tellBrokenAudit } from '../cutover';
import { withDatabase } from '../database';
import { exitCodes } from '../exit-codes';

/** Exit 0 where the log is whole, or somebody has looked into every break of it; else 3. With `--accept` somebody does. */
export default async function audit(context: Context): Promise<number> {
  const { options, print } = context;
  const reason = options.reason?.trim() ?? '';
  if (options.accept && reason === '')
    throw new UsageError('Whoever accepts a broken audit log says why.', { remedy: 'Add --reason TEXT.' });
  const by = options.accept ? personOf(context) : null;
  const { state, accepted } = await withDatabase(context, 'cutover audit', async (client) => ({
    accepted: by === null ? [] : await acceptAudit(client, { by, reason }),
    state: await auditState(client),
  }));
  if (options.json) print(JSON.stringify({ ...state, accepted }, null, 2));
  else {
    if (accepted.length > 0) print(`${by} has looked into it: ${accepted.join(', ')}.`);
    if (state.broken.length === 0) print('The audit log is whole.');
    else if (state.open.length === 0)
      print(`The audit log is broken at ${state.broken.join(', ')}, which somebody has looked into.`);
  }
  tellBrokenAudit(context, state.open);
  return state.open.length > 0 ? exitCodes.refused : exitCodes.done;
}

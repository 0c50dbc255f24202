import {
  FollowLockHeldError,
  followStatus,
  listChangeLogs,
  refuseTwoWay,
  uninstallChangeLogs,
} from '@sluice/migration';
import { tradingTables } from '@sluice/trading-legacy';
import { confirm } from '../confirm';
import type { Context } from '../context';
import { withDatabase } from '../database';
import { exitCodes } from '../exit-codes';
import { chosenTables, sourceOptions } from '../migration';

/** Refused while somebody follows, as far as DATABASE_URL tells. */
export default async function followUninstall(context: Context): Promise<number> {
  const { options, signal, settings } = context;
  const logs = { ...sourceOptions(context), tables: chosenTables(context), known: tradingTables, signal };
  const there = (await listChangeLogs(logs)).filter(({ log }) => log).map(({ file }) => file);
  const say = (removed: readonly string[], words: string): number => {
    context.print(options.json ? JSON.stringify(removed) : removed.length > 0 ? `${words}: ${removed.join(', ')}.` : 'No file has a change log.'); // prettier-ignore
    return exitCodes.done;
  };
  if (options.dryRun || there.length === 0) return say(there, 'Would be taken out of');
  if (settings.databaseUrl) {
    const { holder } = await withDatabase(context, 'follow uninstall', (client) => followStatus(client, []));
    if (holder) throw new FollowLockHeldError(holder);
    await withDatabase(context, 'follow uninstall', (client) => refuseTwoWay(client, chosenTables(context)));
  }
  await confirm(
    context,
    `The change log would be taken out of ${there.join(', ')}.`,
    'What it holds and nobody has applied is lost; following begins anew with a comparison of everything.',
  );
  return say(await uninstallChangeLogs(logs), 'Taken out of');
}

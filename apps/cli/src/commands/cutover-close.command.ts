import { close } from '@sluice/migration';
import { UsageError } from '../cli.errors';
import { confirm } from '../confirm';
import type { Context } from '../context';
import { cutoverOptions } from '../cutover';
import { exitCodes } from '../exit-codes';
import { printChanges } from '../output/cutover-status';

/** Without a terminal `--yes` is not enough: the domains are named a second time, by `--confirm`. */
export default async function closeDomains(context: Context): Promise<number> {
  const { options } = context;
  const asked = cutoverOptions(context);
  const names = asked.domains.map(({ name }) => name);
  const typed = (options.confirm ?? '').split(',').map((name) => name.trim());
  if (options.yes && names.some((name) => !typed.includes(name)))
    throw new UsageError(`${names.join(', ')} would be closed, and there is no way back.`, {
      remedy: `Add --yes --confirm ${names.join(',')}.`,
    });
  await confirm(
    context,
    `Close ${names.join(', ')}: the legacy files are not written any more, and nothing comes back?`,
  );
  printChanges(context, await close(asked), 'is closed');
  return exitCodes.done;
}

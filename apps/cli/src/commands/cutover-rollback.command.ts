import { rollBack } from '@sluice/migration';
import { confirm } from '../confirm';
import type { Context } from '../context';
import { cutoverOptions } from '../cutover';
import { exitCodes } from '../exit-codes';
import { printChanges } from '../output/cutover-status';

/** Exit 0 when the legacy side is read again and has every write, 3 where one is not carried back, 5 where the file differs. */
export default async function rollback(context: Context): Promise<number> {
  const asked = cutoverOptions(context);
  const names = asked.domains.map(({ name }) => name).join(', ');
  await confirm(context, `${names}: the legacy side would be read again, with every write since. Go on?`, 'Writers wait while the files are compared.'); // prettier-ignore
  printChanges(context, await rollBack(asked), 'went back');
  return exitCodes.done;
}

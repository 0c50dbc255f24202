import { auditFault, brokenAudit, cutoverStatus, type CutoverStatus } from '@sluice/migration';
import type { Context } from '../context';
import { domainsOf, exitCodeOfStatus, probesOf } from '../cutover';
import { withDatabase } from '../database';
import { formatCutover } from '../output/cutover-status';
import { bigintAsText } from '../output/progress';

/** Exit 0 where every gate of every next step is open, 3 where one is shut. */
export default async function status(context: Context): Promise<number> {
  const domains = domainsOf(context);
  const { statuses, broken } = await withDatabase(context, 'cutover status', async (client) => {
    const seen = await cutoverStatus({ client, domains, probes: probesOf(context) });
    return { statuses: seen, broken: isOfThisRelease(seen) ? await brokenAudit(client) : [] };
  });
  context.print(context.options.json ? JSON.stringify(statuses, bigintAsText, 2) : formatCutover(statuses));
  if (broken.length > 0) context.log(auditFault(broken));
  return exitCodeOfStatus(statuses);
}

/** A database that has to be migrated first says so by its gate; what this release asks of the audit log may be missing there. */
const isOfThisRelease = (statuses: readonly CutoverStatus[]): boolean =>
  statuses.every(({ next }) => next === null || next.gates.some(({ gate, passed }) => gate === 'schema' && passed));

import { cutoverStatus } from '@sluice/migration';
import type { Context } from '../context';
import { domainsOf, exitCodeOfStatus, probesOf, tellBrokenAudit } from '../cutover';
import { withDatabase } from '../database';
import { formatCutover } from '../output/cutover-status';
import { bigintAsText } from '../output/progress';

/** Exit 0 where every gate of every next step is open, 3 where one is shut, or where the audit log is not what was written. */
export default async function status(context: Context): Promise<number> {
  const domains = domainsOf(context);
  const statuses = await withDatabase(context, 'cutover status', (client) =>
    cutoverStatus({ client, domains, probes: probesOf(context) }),
  );
  context.print(context.options.json ? JSON.stringify(statuses, bigintAsText, 2) : formatCutover(statuses));
  tellBrokenAudit(context, statuses[0]?.brokenAudit ?? []);
  return exitCodeOfStatus(statuses);
}

import { planCutover } from '@sluice/migration';
import type { Context } from '../context';
import { domainsOf, exitCodeOfStatus, probesOf, tellBrokenAudit } from '../cutover';
import { withDatabase } from '../database';
import { formatCutover } from '../output/cutover-status';
import { bigintAsText } from '../output/progress';

/** What the next step would do, with what it locks and for how long. Exit codes as of `status`. */
export default async function plan(context: Context): Promise<number> {
  const domains = domainsOf(context);
  const plans = await withDatabase(context, 'cutover plan', (client) =>
    planCutover({ client, domains, probes: probesOf(context) }),
  );
  if (context.options.json) context.print(JSON.stringify(plans, bigintAsText, 2));
  else {
    for (const { status, acts } of plans) {
      context.print(formatCutover([status]));
      context.print([...acts.map((act, i) => `  ${i + 1}. ${act}`), ''].join('\n'));
    }
    context.print('Nothing was changed.');
  }
  tellBrokenAudit(context, plans[0]?.status.brokenAudit ?? []);
  return exitCodeOfStatus(plans.map(({ status }) => status));
}

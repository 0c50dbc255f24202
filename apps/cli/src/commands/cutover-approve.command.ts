import { approve, listDomains, nextMode } from '@sluice/migration';
import { UsageError } from '../cli.errors';
import type { Context } from '../context';
import { domainsOf, personOf } from '../cutover';
import { withDatabase } from '../database';
import { exitCodes } from '../exit-codes';

/** Agrees to the step that comes next for each domain, where that step asks for it. */
export default async function approveStep(context: Context): Promise<number> {
  const { options } = context;
  const domains = domainsOf(context, true);
  const by = personOf(context);
  const reason = options.reason ?? 'none given';
  const approved = await withDatabase(context, 'cutover approve', async (client) => {
    const states = new Map((await listDomains(client)).map((state) => [state.name, state]));
    const steps = domains.flatMap(({ name }) => {
      const { mode = null, epoch = 0n } = states.get(name) ?? {};
      const to = nextMode(mode);
      return to === 'cutover' || to === 'new' ? [{ domain: name, to, epoch }] : [];
    });
    await approve(client, { steps, by, reason });
    return steps.map(({ domain, to }) => ({ domain, to }));
  });
  if (approved.length === 0)
    throw new UsageError('No chosen domain is before a step that asks for an approval.', {
      remedy: 'Approvals are of the steps from shadow to cutover, and from cutover to the close.',
    });
  if (options.json) context.print(JSON.stringify(approved, null, 2));
  else for (const { domain, to } of approved) context.print(`${by} agrees that ${domain} goes on to ${to}.`);
  return exitCodes.done;
}

import { advance, MODES, type Mode } from '@sluice/migration';
import { UsageError } from '../cli.errors';
import { confirm } from '../confirm';
import type { Context } from '../context';
import { cutoverOptions } from '../cutover';
import { exitCodes } from '../exit-codes';
import { formatGate, printChanges } from '../output/cutover-status';

/** Exit 0 when every chosen domain is there, 3 where a gate is shut or somebody else is at it; then nothing was changed. */
export default async function advanceDomains(context: Context): Promise<number> {
  const { options } = context;
  const to = modeOf(options.to);
  const asked = cutoverOptions(context);
  const plan = await advance({ ...asked, to, dryRun: true });
  const due = plan.filter(({ from, to: target }) => from !== target);
  if (options.dryRun) {
    printChanges(context, plan, 'would go');
    if (!options.json) for (const { gates } of due) for (const gate of gates) context.print(formatGate(gate));
    return due.some(({ gates }) => gates.some(({ passed }) => !passed)) ? exitCodes.refused : exitCodes.done;
  }
  if (due.length > 0 && due.every(({ gates }) => gates.every(({ passed }) => passed)))
    await confirm(context, `${due.map(({ domain, from, to: target }) => `${domain}: ${from ?? 'no mode'} → ${target}`).join('\n')}\nGo on?`, '`sluice cutover rollback` goes back until `close`.'); // prettier-ignore
  printChanges(context, await advance({ ...asked, to, shown: plan }), 'went');
  return exitCodes.done;
}

function modeOf(text: string | undefined): Mode | null {
  if (text === undefined) return null;
  const mode = MODES.find((one) => one === text);
  if (mode && mode !== 'new') return mode;
  throw new UsageError(`--to takes legacy, dual, shadow or cutover, not "${text}".`, {
    remedy: 'What is in mode cutover is ended by `sluice cutover close`.',
  });
}

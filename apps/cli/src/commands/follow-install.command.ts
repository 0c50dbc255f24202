import { installChangeLogs, listChangeLogs, type ChangeLogState } from '@sluice/migration';
import { tradingTables } from '@sluice/trading-legacy';
import { confirm } from '../confirm';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';
import { chosenTables, sourceOptions } from '../migration';
import { bigintAsText } from '../output/progress';
import { formatTable } from '../output/table';

/** The one command, beside `uninstall`, that a person has to allow to write to legacy files. */
export default async function followInstall(context: Context): Promise<number> {
  const { options, signal } = context;
  const logs = { ...sourceOptions(context), tables: chosenTables(context), known: tradingTables, signal };
  const before = await listChangeLogs(logs, true);
  const without = before.filter(({ log }) => !log || log.faults.length > 0);
  if (options.dryRun || without.length === 0) return show(context, before);
  const files = without.map(({ file, tables, log }) => `  ${file}: ${tables.join(', ')}${log ? ' (anew)' : ''}`).join('\n'); // prettier-ignore
  await confirm(
    context,
    `A table, a note and triggers would be written into these files:\n${files}\nGo on?`,
    'Legacy files are written to; `sluice follow uninstall` takes everything out again.',
  );
  return show(context, await installChangeLogs(logs));
}

function show({ options, print }: Context, logs: readonly ChangeLogState[]): number {
  if (options.json) print(JSON.stringify(logs, bigintAsText, 2));
  else {
    const rows = logs.map(({ file, tables, journalMode, log }) => [
      file,
      journalMode,
      log ? (log.faults.length > 0 ? 'not whole' : 'installed') : 'not installed',
      tables.join(', '),
    ]);
    print(formatTable(['file', 'journal', 'change log', 'tables'], rows, ['left', 'left', 'left', 'left']));
    for (const { file, log } of logs) for (const fault of log?.faults ?? []) print(`  ${file}: ${fault}`);
  }
  return logs.some(({ log }) => log && log.faults.length > 0) ? exitCodes.refused : exitCodes.done;
}

import { countTargets, withDependents } from '@sluice/migration';
import { tradingTables } from '@sluice/trading-legacy';
import { UsageError } from '../cli.errors';
import type { Context } from '../context';
import { withDatabase } from '../database';
import { chosenTables, runAndReport } from '../migration';
import { countOf } from '../output/table';

export default async function migrate(context: Context): Promise<number> {
  if (context.options.restart && !context.options.yes) throw await restartQuestion(context);
  return runAndReport('migrate', context);
}

/** The dry run of `--restart`: what it would empty. */
async function restartQuestion(context: Context): Promise<UsageError> {
  const emptied = withDependents(chosenTables(context), tradingTables);
  const counts = await withDatabase(context, 'migrate', (client) => countTargets(client, emptied));
  const lines = emptied.map(({ name, target }) =>
    target.kind === 'cache'
      ? `  ${name}: a cache, whose entries stay; those that it lacks are written again`
      : `  ${target.table}: ${countOf(counts[target.table] ?? 0, 'row')}`,
  );
  return new UsageError(`--restart would empty these tables and copy them again:\n${lines.join('\n')}`, {
    remedy: 'Nothing was changed. Add --yes to do it.',
  });
}

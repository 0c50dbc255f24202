import { findSources, inspectTree, NoLegacyFilesError } from '@sluice/migration';
import { tradingTables } from '@sluice/trading-legacy';
import { exitCodes } from '../exit-codes';
import type { Context } from '../context';
import { chosenTables, sourceOptions } from '../migration';
import { formatInspection } from '../output/inspection';
import { bigintAsText } from '../output/progress';
import { countOf } from '../output/table';

/** Exit 0 when a migration may run, 3 when it would be refused. */
export default async function inspect(context: Context): Promise<number> {
  const source = sourceOptions(context);
  const tree = findSources({ ...source, required: false, tables: tradingTables });
  if (tree.files.length === 0) throw new NoLegacyFilesError(source.root); // As a migration would say.
  const inspection = await inspectTree({
    ...source,
    tables: chosenTables(context),
    known: tradingTables,
    signal: context.signal,
    onProgress: ({ file, table, rows }) => context.log(`inspecting ${file}: ${table}, ${countOf(rows, 'row')}`),
  });
  context.print(context.options.json ? JSON.stringify(inspection, bigintAsText, 2) : formatInspection(inspection));
  return inspection.refused ? exitCodes.refused : exitCodes.done;
}

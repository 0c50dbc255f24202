import { rehearseBackup, type Manifest } from '@sluice/migration';
import { targetUrl, withBackups } from '../backup';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';
import { countOf } from '../output/table';

export default async function backupRehearse(context: Context, id = ''): Promise<number> {
  const into = targetUrl(context);
  const { manifest } = await withBackups(context, (options) => rehearseBackup(id, { ...options, into }));
  const counts = countsOf(manifest);
  if (context.options.json) context.print(JSON.stringify({ id, ...counts, equal: true }, null, 2));
  else {
    const { rows, tables, files } = counts;
    const where = into === undefined ? 'Nothing of the trial is left.' : 'The named database keeps what was restored.';
    context.print(
      `${id} was brought back and is equal: ${countOf(rows, 'row')} in ${countOf(tables, 'table')} of PostgreSQL, ${countOf(files, 'legacy file')}. ${where}`,
    );
  }
  return exitCodes.done;
}

const countsOf = ({ postgres, legacy }: Manifest): { rows: number; tables: number; files: number } => ({
  rows: postgres?.tables.reduce((sum, { rows }) => sum + rows, 0) ?? 0,
  tables: postgres?.tables.length ?? 0,
  files: legacy?.files.length ?? 0,
});

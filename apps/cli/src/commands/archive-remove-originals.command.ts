import { planRemoval, removeOriginals, type Removal } from '@sluice/migration';
import { tradingDomains } from '@sluice/trading-legacy';
import { backupSources, withBackups } from '../backup';
import { confirm } from '../confirm';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';
import { countOf, formatBytes } from '../output/table';

export default async function archiveRemoveOriginals(context: Context): Promise<number> {
  const about = { sources: backupSources(context), domains: tradingDomains };
  const planned = await withBackups(context, (options) => planRemoval({ ...options, ...about }));
  if (context.options.dryRun || planned.files.length === 0) return show(context, planned, false);
  await confirm(context, `These files would be removed:\n${listOf(planned)}\nGo on?`);
  return show(context, await withBackups(context, (options) => removeOriginals({ ...options, ...about })), true);
}

function show({ options, print }: Context, removal: Removal, isDone: boolean): number {
  const { archive, files, gone } = removal;
  if (options.json) print(JSON.stringify({ archive: archive.id, removed: isDone, files, gone }, null, 2));
  else if (files.length === 0) print('There is no legacy file any more.');
  else {
    print(listOf(removal));
    const count = countOf(files.length, 'file');
    print(
      isDone
        ? `${count} removed; ${archive.path} has them.`
        : `${count} would be removed; ${archive.path} has them. Nothing was changed.`,
    );
  }
  return exitCodes.done;
}

const listOf = ({ files }: Removal): string => files.map(({ file, bytes }) => `  ${file} (${formatBytes(bytes)})`).join('\n'); // prettier-ignore

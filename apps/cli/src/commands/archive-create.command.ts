import { createArchive } from '@sluice/migration';
import { tradingDomains } from '@sluice/trading-legacy';
import { backupDir, backupSources, withBackups } from '../backup';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';
import { countOf, formatBytes } from '../output/table';

export default async function archiveCreate(context: Context): Promise<number> {
  const places = { dir: backupDir(context), sources: backupSources(context), domains: tradingDomains };
  const { folder, manifest, records } = await withBackups(context, (options) =>
    createArchive({ ...options, ...places }),
  );
  const files = manifest.legacy?.files.length ?? 0;
  if (context.options.json) context.print(JSON.stringify(records, null, 2));
  else {
    const bytes = records.reduce((sum, record) => sum + record.bytes, 0);
    context.print(
      `${countOf(files, 'legacy file')} are kept in ${folder}: ${formatBytes(bytes)}, ${manifest.compression}.`,
    );
    for (const note of manifest.legacy?.notes ?? []) context.print(`  ${note}`);
    context.print('It was brought back once as a trial and is equal. See `sluice archive remove-originals --dry-run`.');
  }
  return exitCodes.done;
}

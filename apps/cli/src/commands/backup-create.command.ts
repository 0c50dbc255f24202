import { createBackup } from '@sluice/migration';
import { findMigrationsFolder } from '@sluice/postgres';
import { backupDir, backupSources, formatBackups, withBackups } from '../backup';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';

export default async function backupCreate(context: Context): Promise<number> {
  const sources = backupSources(context);
  const places = { dir: backupDir(context), migrationsDir: findMigrationsFolder(), sources };
  const { manifest, records } = await withBackups(context, (options) =>
    createBackup({ ...options, ...places, kind: 'backup' }),
  );
  const { id, compression, legacy, postgres } = manifest;
  if (context.options.json) context.print(JSON.stringify(records, null, 2));
  else {
    context.print(formatBackups(records));
    for (const note of legacy?.notes ?? []) context.print(`  ${note}`);
    for (const table of postgres?.leftOut ?? [])
      context.print(`  not in the backup: the table ${table}, which no migration makes`);
    context.print(`Compressed with ${compression}. It counts once it was restored: sluice backup rehearse ${id}`);
  }
  return exitCodes.done;
}

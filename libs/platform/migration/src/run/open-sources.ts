import { setImmediate } from 'node:timers/promises';
import { corrupt, type LegacyDatabase } from '@sluice/legacy';
import { checkDrift, openFound, type FoundFile } from '../inspect';
import { InterruptedError } from '../state/migration.errors';

/** A legacy file with the snapshot that is copied and proved. */
export interface OpenSource extends FoundFile {
  readonly database: LegacyDatabase;
}

/**
 * Opens the snapshots of all files and checks each from end to end, so that what would be refused is refused before the
 * first write, and no file can change between the check and the copy. Throws `LEGACY_CORRUPT` with what SQLite found,
 * `LEGACY_SCHEMA_DRIFT`, and what opening throws. The caller closes them with `closeSources`.
 */
export async function openSources(
  files: readonly FoundFile[],
  { snapshot, signal }: { snapshot: 'auto' | 'in-place'; signal: AbortSignal },
): Promise<OpenSource[]> {
  const opened: OpenSource[] = [];
  try {
    for (const found of files) {
      await setImmediate(); // The check of a large file takes its time, and a signal is not seen meanwhile.
      if (signal.aborted) throw new InterruptedError();
      const database = await openFound(found, { snapshot, signal });
      opened.push({ ...found, database });
      refuseDamage(database);
      checkDrift(database, found.tables, found.ignored);
    }
    return opened;
  } catch (error) {
    closeSources(opened);
    throw signal.aborted && error === signal.reason ? new InterruptedError() : error;
  }
}

export function closeSources(sources: readonly OpenSource[]): void {
  for (const { database } of sources) database.close();
}

function refuseDamage(database: LegacyDatabase): void {
  const [first, ...more] = database.integrity();
  if (first === undefined) return;
  const others = more.length > 0 ? ` (and ${more.length} more findings)` : '';
  throw corrupt(database.path, `its quick check says "${first}"${others}`);
}

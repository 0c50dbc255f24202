import { setImmediate } from 'node:timers/promises';
import { corrupt, isDamage, openSalvaged, releaseClosed, type LegacyDatabase } from '@sluice/legacy';
import { checkDrift, openFound, type FoundFile } from '../inspect';
import { InterruptedError, stoppedOr } from '../state/migration.errors';
import { isSameState } from './resume';

/** A legacy file with the snapshot that is copied and proved. */
export interface OpenSource extends FoundFile {
  readonly database: LegacyDatabase;
}

export interface OpenSourcesOptions {
  readonly snapshot: 'auto' | 'in-place';
  readonly signal: AbortSignal;
  /**
   * Of a damaged file what can be read is taken: `asked` of any, `recorded` of one that was salvaged before, whose fingerprint
   * is among these. Without it a damaged file is refused.
   */
  readonly salvage?: 'asked' | { readonly recorded: () => Promise<readonly unknown[]> };
}

/**
 * Opens the snapshots of all files and checks each from end to end, so that what would be refused is refused before the
 * first write, and no file can change between the check and the copy. Throws `LEGACY_CORRUPT` with what SQLite found,
 * `LEGACY_SCHEMA_DRIFT`, `LEGACY_BEYOND_SALVAGE`, and what opening throws. The caller closes them with `closeSources`.
 */
export async function openSources(files: readonly FoundFile[], options: OpenSourcesOptions): Promise<OpenSource[]> {
  const { signal } = options;
  const opened: OpenSource[] = [];
  // Whoever searched for the files has had them open.
  for (const { file, family } of files) if (!family) await releaseClosed(file);
  try {
    for (const found of files) {
      await setImmediate(); // The check of a large file takes its time, and a signal is not seen meanwhile.
      if (signal.aborted) throw new InterruptedError();
      const database = await openWhole(found, options);
      opened.push({ ...found, database });
      checkDrift(database, found.tables, found.ignored);
    }
    return opened;
  } catch (error) {
    closeSources(opened);
    throw stoppedOr(error, signal);
  }
}

export function closeSources(sources: readonly OpenSource[]): void {
  for (const { database } of sources) database.close();
}

/** The file as it is, or what can be read of it where that was asked for. */
async function openWhole(found: FoundFile, options: OpenSourcesOptions): Promise<LegacyDatabase> {
  const { snapshot, signal, salvage } = options;
  let database: LegacyDatabase | undefined;
  try {
    database = await openFound(found, { snapshot, signal });
    await database.readAhead(signal);
    refuseDamage(database);
    return database;
  } catch (error) {
    database?.close();
    if (!salvage || found.family || !isDamage(error)) throw error;
    const salvaged = await openSalvaged(found.file, { snapshot, signal });
    if (salvage === 'asked' || (await salvage.recorded()).some((known) => isSameState(salvaged, known)))
      return salvaged;
    salvaged.close();
    throw error;
  }
}

function refuseDamage(database: LegacyDatabase): void {
  const [first, ...more] = database.integrity();
  if (first === undefined) return;
  const others = more.length > 0 ? ` (and ${more.length} more findings)` : '';
  throw corrupt(database.path, `its quick check says "${first}"${others}`);
}

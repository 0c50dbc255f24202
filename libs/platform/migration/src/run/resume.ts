import { isDeepStrictEqual } from 'node:util';
import type { Damage, LegacyDatabase } from '@sluice/legacy';
import type { Choices, LegacyTable } from '../mapping/legacy-table';
import { ResumeRefusedError } from '../state/migration.errors';
import type { TableState } from '../state/table-state';
import { mappingDigest } from './mapping-digest';

/** A table, the file that is given for it now, and what earlier runs left, if there were any. */
export interface Resumed {
  readonly table: LegacyTable;
  readonly database: LegacyDatabase;
  readonly known: TableState | undefined;
}

/** True of a file in the very state that was recorded. */
export const isSameState = ({ fingerprint }: LegacyDatabase, recorded: unknown): boolean =>
  isDeepStrictEqual(recorded, JSON.parse(JSON.stringify(fingerprint)));

export const isSameMapping = (table: LegacyTable, known: TableState): boolean =>
  known.mappingDigest === mappingDigest(table);

/**
 * The readings of the table's mislabelled columns: as recorded, and where nothing is recorded yet as asked for. Throws
 * `ResumeRefusedError` where both are told and are not the same.
 */
export function resumedChoices({ table, known }: Omit<Resumed, 'database'>, wanted: Choices): Choices {
  const asked = Object.entries(wanted).filter(([column]) => column.startsWith(`${table.name}.`));
  const choices = known?.choices ?? Object.fromEntries(asked.filter(([, reading]) => reading !== 'as-labelled'));
  const other = asked.filter(([column, reading]) => (choices[column] ?? 'as-labelled') !== reading);
  if (other.length === 0) return choices;
  throw new ResumeRefusedError(table.name, [`it was begun with other choices (${JSON.stringify(choices)})`]);
}

/** A checkpoint counts only for the same mapping and, while it is unfinished, for the same file. */
export function refuseOther({ table, database, known }: Resumed): void {
  if (!known) return;
  const differences: string[] = [];
  if (!isSameMapping(table, known)) differences.push('its mapping is not the one of the checkpoint');
  if (known.status !== 'copied' && !isSameState(database, known.fingerprint))
    differences.push('the legacy file has changed since the copy was begun');
  if (differences.length > 0) throw new ResumeRefusedError(table.name, differences);
}

/** What was salvaged is never completed from another file, nor is what is whole taken for it. */
export function refuseMixture({ table, database, known }: Resumed, damage: Damage | null): void {
  const { fingerprint } = known ?? {};
  const wasSalvaged = typeof fingerprint === 'object' && fingerprint !== null && 'salvaged' in fingerprint;
  if (!known || (!damage && !wasSalvaged) || isSameState(database, fingerprint)) return;
  const before = wasSalvaged
    ? 'what was salvaged of another state of the file'
    : 'another state of the file, so that the target may hold what the file has lost';
  throw new ResumeRefusedError(table.name, [`it was copied from ${before}`]);
}

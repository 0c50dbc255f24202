import { encodeStamps, stampsInTurns } from '@sluice/legacy';
import { stoppedOr } from '../state/migration.errors';
import { classify } from '../state/postgres-errors';
import { listTableStates, recordStamps } from '../state/table-state';
import type { TableReport } from './migration-report';
import { isSameState } from './resume';
import type { TableRunParts } from './table-run';

/**
 * Keeps the stamps of the state that was copied, with which a watch of the file begins; without them it compares everything
 * once. Only where the target was found equal to this very snapshot: large files that differ may have one fingerprint. The last
 * thing, because it reads the whole table once more. What was made of several files, or of a damaged one, is nothing that can be
 * watched. Throws `LEGACY_CHANGED` where the file is not the same any more, and `InterruptedError`.
 */
export async function keepStamps(parts: TableRunParts, { verification }: TableReport): Promise<void> {
  const { database, table, control, lock, options } = parts;
  const { signal } = options;
  if (!verification?.clean || table.source.family || database.damage) return;
  try {
    const state = (await listTableStates(await control.live(signal))).find(({ name }) => name === table.name);
    if (!state || state.isStamped || !isSameState(database, state.fingerprint)) return;
    const { table: name, key } = table.source;
    const stamps = encodeStamps(await stampsInTurns(database, { table: name, key }, signal));
    database.assertSame();
    await lock.ensure(signal);
    await recordStamps(await control.live(signal), state, stamps);
  } catch (error) {
    if (classify(error) !== 'connection') throw stoppedOr(error, signal);
    options.onEvent({ type: 'note', text: `${table.name}: a watch of its file begins with a look at everything` });
  }
}

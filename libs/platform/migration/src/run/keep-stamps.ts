import { encodeStamps, stampsInTurns } from '@sluice/legacy';
import { stoppedOr } from '../state/migration.errors';
import { classify } from '../state/postgres-errors';
import { recordStamps } from '../state/table-state';
import { isSameState } from './resume';
import type { TableRunParts } from './table-run';

/**
 * Keeps the stamps of the state that was copied, with which a watch of the file begins; without them it compares everything
 * once. The last thing, because it reads the whole table once more. What was made of several files, or of a damaged one, is
 * nothing that can be watched. Throws `LEGACY_CHANGED` where the file is not the same any more, and `InterruptedError`.
 */
export async function keepStamps({ database, table, known, control, options }: TableRunParts): Promise<void> {
  if (table.source.family || database.damage) return;
  // A cache is recorded anew by every run, other tables once.
  const isOfAnEarlierRun = table.target.kind === 'postgres' && known !== undefined;
  if (isOfAnEarlierRun && (known.isStamped || !isSameState(database, known.fingerprint))) return;
  const { table: name, key } = table.source;
  const { signal } = options;
  const stamps = await stampsInTurns(database, { table: name, key }, signal).catch((error: unknown) => {
    throw stoppedOr(error, signal);
  });
  database.assertSame();
  try {
    await recordStamps(await control.live(signal), table.name, encodeStamps(stamps));
  } catch (error) {
    if (classify(error) !== 'connection') throw error;
    options.onEvent({ type: 'note', text: `${table.name}: a watch of its file begins with a look at everything` });
  }
}

import { setImmediate } from 'node:timers/promises';
import type { LegacyDatabase } from '@sluice/legacy';
import { proveLabel } from '../exact/label';
import { quoteName, selectLegacyValue, toLegacyValue, type LegacyValue } from '../exact/legacy-value';
import { isReject } from '../exact/outcome';
import { instantMs, timestampText } from '../exact/timestamp-text';
import type { LabelChoice, LegacyTable } from '../mapping/legacy-table';
import { InterruptedError } from '../state/migration.errors';

/** What a column's witnesses say of its label. */
export interface LabelEvidence {
  readonly table: string;
  readonly column: string;
  /** Rows in which the witness shows that the label is wrong, that it is right, or nothing. */
  readonly wrong: number;
  readonly right: number;
  readonly unproven: number;
  /** Seconds by which the labelled time is ahead of its witness, over the rows that prove the label wrong. */
  readonly aheadSeconds: { readonly min: number; readonly max: number } | null;
  /** For the operator: what it is, and the option that corrects it. Null where the labels are right. */
  readonly text: string | null;
}

const pageRows = 5000;

/** Compares each row's label with its witness, the time at the end of the proof column. */
export async function weighLabels(
  database: LegacyDatabase,
  table: LegacyTable,
  signal?: AbortSignal,
): Promise<LabelEvidence[]> {
  const evidence: LabelEvidence[] = [];
  for (const choice of table.choices) evidence.push(await weigh(database, table, choice, signal));
  return evidence;
}

async function weigh(
  database: LegacyDatabase,
  table: LegacyTable,
  choice: LabelChoice,
  signal: AbortSignal | undefined,
): Promise<LabelEvidence> {
  const key = quoteName(table.source.key);
  const select = `SELECT ${key}, ${selectLegacyValue(choice.column)}, ${selectLegacyValue(choice.proof.column)} FROM ${quoteName(table.source.table)}`;
  const counts = { wrong: 0, right: 0, unproven: 0 };
  let [min, max] = [Infinity, -Infinity];
  let page = database.rows(`${select} ORDER BY ${key} LIMIT ${pageRows}`);
  while (page.length > 0) {
    if (signal?.aborted) throw new InterruptedError();
    for (const [, storage, bytes, witnessStorage, witnessBytes] of page) {
      const value = toLegacyValue(storage, bytes, database.encoding);
      const witness = toLegacyValue(witnessStorage, witnessBytes, database.encoding);
      const proof = proveLabel(value, witness, choice);
      counts[proof] += 1;
      if (proof !== 'wrong') continue;
      const ahead = secondsAhead(value, witness);
      [min, max] = [Math.min(min, ahead), Math.max(max, ahead)];
    }
    const last = page.at(-1)?.[0] ?? null;
    await setImmediate();
    page = database.rows(`${select} WHERE ${key} > ? ORDER BY ${key} LIMIT ${pageRows}`, last);
  }
  const name = `${table.name}.${choice.column}`;
  return {
    table: table.name,
    column: choice.column,
    ...counts,
    aheadSeconds: counts.wrong > 0 ? { min, max } : null,
    text:
      counts.wrong > 0
        ? `${name} is mislabelled: ${choice.about}. Kept as labelled unless corrected with --choose ${name}=proven`
        : null,
  };
}

/** Both are times, since `proveLabel` has compared them. */
function secondsAhead(value: LegacyValue, witness: LegacyValue): number {
  const tail = /\d{4}-\d{2}-\d{2}T[\d:.]+$/.exec(textOf(witness))?.[0] ?? '';
  return (instant(textOf(value)) - instant(tail)) / 1000;
}

const textOf = (value: LegacyValue): string => (value.storage === 'text' ? value.bytes.toString('utf8') : '');

function instant(text: string): number {
  const outcome = timestampText(text, 'UTC');
  return isReject(outcome) || outcome.text === null ? NaN : instantMs(outcome.text);
}

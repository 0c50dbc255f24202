import type { Choices, LabelChoice, LabelReading, LegacyTable } from '../mapping/legacy-table';
import { zoneOffsetUs, type Zone } from '../mapping/conversion';
import { decodeUtf8, type LegacyValue } from './legacy-value';
import { isReject } from './outcome';
import { instantMs, timestampText } from './timestamp-text';

const TAIL = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?$/;

/** What the witness says of a label: `wrong`, `right`, or nothing (`unproven`). */
export type Proof = 'wrong' | 'right' | 'unproven';

/** Compares a value's instant as labelled with the true UTC time at the end of its witness. */
export function proveLabel(value: LegacyValue, witness: LegacyValue, choice: LabelChoice): Proof {
  const labelled = instantOf(textOf(value));
  const truth = instantOf(textOf(witness).match(TAIL)?.[0] ?? '');
  if (labelled === null || truth === null) return 'unproven';
  const aheadSeconds = (labelled - truth) / 1000;
  const shiftSeconds = zoneOffsetUs[choice.actualZone] / 1_000_000;
  const within = (top: number): boolean => aheadSeconds <= top && aheadSeconds >= top - choice.proof.slackSeconds;
  if (within(shiftSeconds)) return 'wrong';
  return within(0) ? 'right' : 'unproven';
}

/** The zone to put in the place of the label, or undefined to keep the label. */
export function trueZone(
  choice: LabelChoice,
  reading: LabelReading,
  value: LegacyValue,
  witness: LegacyValue,
): Zone | undefined {
  if (reading === 'as-labelled' || !textOf(value).endsWith('Z')) return undefined;
  const proof = proveLabel(value, witness, choice);
  const moved = reading === 'all' ? proof !== 'right' : proof === 'wrong';
  return moved ? choice.actualZone : undefined;
}

/** The choices of a table that differ from `as-labelled`. */
export function activeChoices(table: LegacyTable, choices: Choices): { choice: LabelChoice; reading: LabelReading }[] {
  return table.choices
    .map((choice) => ({ choice, reading: choices[`${table.name}.${choice.column}`] ?? 'as-labelled' }))
    .filter(({ reading }) => reading !== 'as-labelled');
}

const textOf = (value: LegacyValue): string => (value.storage === 'text' ? (decodeUtf8(value.bytes) ?? '') : '');

function instantOf(text: string): number | null {
  const outcome = timestampText(text, 'UTC');
  return isReject(outcome) || outcome.text === null ? null : instantMs(outcome.text);
}

import type { Bounds } from '../salvage/table-page';
import type { TableStamps } from './stamp-table';
import type { Stamps } from './stamps';

/**
 * The fewest and shortest intervals of keys, in order and apart, in which rows may have been inserted, changed or deleted
 * between the two lists of stamps. Complete: a key outside them names the same row in both, or no row in either.
 *
 * Splits and merges of leaves need no case of their own. Where a stamp before and one after have one hash, their leaves hold
 * the same rows, so nothing changed in the keys that both are for; everywhere else something may have. Without stamps of
 * before, and where the table was declared anew, that is everywhere.
 */
export function changedIntervals(before: TableStamps | null, after: TableStamps): Bounds[] {
  const isComparable = before?.shape === after.shape;
  return isComparable ? differences(before.stamps, after.stamps) : [{ after: null, to: null }];
}

function differences(before: Stamps, after: Stamps): Bounds[] {
  const changed: Bounds[] = [];
  let from: bigint | null = null;
  let open: { readonly after: bigint | null } | null = null;
  for (let b = 0, a = 0; ;) {
    const isSame = before.isSame(b, after, a);
    if (isSame && open) changed.push({ after: open.after, to: from });
    if (isSame) open = null;
    else open ??= { after: from };
    const [upToBefore, upToAfter] = [before.upTo(b), after.upTo(a)];
    if (upToBefore === null && upToAfter === null) break;
    from = lower(upToBefore, upToAfter);
    if (upToBefore === from) b++;
    if (upToAfter === from) a++;
  }
  if (open) changed.push({ after: open.after, to: null });
  return changed;
}

/** Null is above all. */
function lower(one: bigint | null, other: bigint | null): bigint | null {
  if (one === null) return other;
  return other === null || one < other ? one : other;
}

import type { CopiedPages } from './copied-pages';
import type { Cell } from './table-page';

export interface WholeChain {
  readonly pages: readonly number[];
}

export interface BrokenChain {
  /** The page at which it breaks; null where its first pointer is wrong, which is on the leaf. */
  readonly page: number | null;
  readonly fault: string;
}

/**
 * The overflow pages of a row, if there are exactly as many as the row's size says. A page of zeros alone is taken for
 * damage: a text has none, and a row that is set aside by mistake is still named.
 */
export function followChain(
  pages: CopiedPages,
  { overflow, overflowBytes }: Pick<Cell, 'overflow' | 'overflowBytes'>,
): WholeChain | BrokenChain {
  const count = Math.ceil(overflowBytes / (pages.usableSize - 4));
  const chain: number[] = [];
  let next = overflow;
  for (let i = 0; i < count; i++) {
    const from = chain.at(-1) ?? null;
    if (next === 0) return { page: from, fault: 'ends a row too early' };
    if (next < 2 || next > pages.pageCount)
      return { page: from, fault: `points to page ${next}, of ${pages.pageCount}` };
    if (pages.isMissing(next)) return { page: next, fault: 'is not in the file, which ends before it' };
    const page = pages.read(next);
    if (page.every((byte) => byte === 0)) return { page: next, fault: 'is all zeros' };
    chain.push(next);
    next = page.readUInt32BE(0);
  }
  const last = chain.at(-1) ?? null;
  return next === 0 ? { pages: chain } : { page: last, fault: 'goes on where its row ends' };
}

export const isWhole = (chain: WholeChain | BrokenChain): chain is WholeChain => 'pages' in chain;

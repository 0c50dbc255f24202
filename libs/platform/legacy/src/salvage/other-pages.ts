import type { CopiedPages } from './copied-pages';
import { followChain, isWhole } from './overflow-chain';
import { overflowOf } from './table-page';
import type { PageUses } from './table-survey';

const INDEX_LEAF = 10;
const INDEX_INTERIOR = 2;
const MOST_DEPTH = 20;

export interface FaultyPage {
  readonly page: number;
  readonly fault: string;
}

/** Pages that are free, and what is wrong with the list of them. */
export function surveyFreelist(pages: CopiedPages, uses: PageUses): FaultyPage[] {
  const header = pages.read(1);
  const expected = header.readUInt32BE(36);
  let found = 0;
  for (let trunk = header.readUInt32BE(32), from = 1; trunk !== 0;) {
    if (trunk < 2 || trunk > pages.pageCount) return [{ page: from, fault: `points to free page ${trunk}` }];
    if (pages.isMissing(trunk)) return [{ page: trunk, fault: 'is not in the file, which ends before it' }];
    const page = pages.read(trunk);
    const count = page.readUInt32BE(4);
    if (uses.isUsed(trunk) || count > pages.usableSize / 4 - 2)
      return [{ page: trunk, fault: 'is no page of the freelist' }];
    uses.use(trunk);
    found += 1 + count;
    for (let i = 0; i < count; i++) {
      const free = page.readUInt32BE(8 + 4 * i);
      if (free < 2 || free > pages.pageCount || uses.isUsed(free)) {
        return [{ page: trunk, fault: `calls page ${free} free, which it cannot be` }];
      }
      uses.use(free);
    }
    from = trunk;
    trunk = page.readUInt32BE(0);
  }
  return found === expected ? [] : [{ page: 1, fault: `counts ${expected} free pages, where ${found} are listed` }];
}

/** The pages of an index that are none. An index holds nothing that its table does not hold, so no more is asked. */
export function surveyIndex(pages: CopiedPages, uses: PageUses, rootPage: number): FaultyPage[] {
  const faulty: FaultyPage[] = [];
  const walk = (page: number, depth: number): void => {
    const isThere = page >= 2 && page <= pages.pageCount;
    const found = isThere ? readIndexPage(pages, page) : 'is not in the file';
    if (typeof found === 'string') return void faulty.push({ page, fault: found });
    if (uses.isUsed(page) || depth > MOST_DEPTH)
      return void faulty.push({ page, fault: 'is pointed to from two places' });
    uses.use(page);
    for (const rest of found.rests) {
      const chain = followChain(pages, rest);
      if (isWhole(chain)) for (const used of chain.pages) uses.use(used);
      else faulty.push({ page: chain.page ?? page, fault: chain.fault });
    }
    for (const child of found.children) walk(child, depth + 1);
  };
  walk(rootPage, 0);
  return faulty;
}

export interface IndexPage {
  readonly children: readonly number[];
  /** Where entries go on that are too long for the page. */
  readonly rests: readonly { readonly overflow: number; readonly overflowBytes: number }[];
}

/** Or what is wrong with it. */
export function readIndexPage(pages: CopiedPages, pageNo: number): IndexPage | string {
  if (pages.isMissing(pageNo)) return 'is not in the file, which ends before it';
  const page = pages.read(pageNo);
  const type = page[0];
  if (type !== INDEX_LEAF && type !== INDEX_INTERIOR) {
    return page.every((byte) => byte === 0) ? 'is all zeros' : 'is no page of an index';
  }
  const isLeaf = type === INDEX_LEAF;
  const first = isLeaf ? 8 : 12;
  const end = first + 2 * page.readUInt16BE(3);
  if (end > pages.usableSize) return `says that it has ${page.readUInt16BE(3)} cells`;
  const starts = Array.from({ length: (end - first) / 2 }, (_, i) => page.readUInt16BE(first + 2 * i));
  if (starts.some((start) => start < end || start + 4 > pages.usableSize)) return 'has a cell that is not on it';
  const children = isLeaf ? [] : [...starts.map((start) => page.readUInt32BE(start)), page.readUInt32BE(8)];
  const stray = children.find((child) => child < 2 || child > pages.pageCount);
  if (stray !== undefined) return `points to page ${stray}, of ${pages.pageCount}`;
  const rests = starts.flatMap((start) => overflowOf(page, isLeaf ? start : start + 4, pages.usableSize) ?? []);
  return { children, rests };
}

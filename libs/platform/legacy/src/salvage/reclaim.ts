import type { CopiedPages } from './copied-pages';
import type { DamagedPage, KeySpan } from './damage';
import { readIndexPage } from './other-pages';
import { readTablePage } from './table-page';
import { shapeOf, spanOf, type FoundLeaf, type LostTree, type PageUses, type TableSurvey } from './table-survey';

const UNBOUNDED = { after: null, to: null };
const LEAST_KEY = -(2n ** 63n);
const GREATEST_KEY = 2n ** 63n - 1n;

/** A leaf without a parent, and where its keys belong. */
interface Candidate extends FoundLeaf {
  readonly survey: TableSurvey;
  readonly tree: LostTree;
}

export interface Reclaimed {
  /** Whole leaves by the page at which the walk broke off. */
  readonly leaves: ReadonlyMap<LostTree, readonly FoundLeaf[]>;
  /** Pages that nobody can place, unless one of the leaves turns out to go on there. */
  readonly unplaced: readonly Pick<DamagedPage, 'page' | 'table' | 'fault'>[];
}

/**
 * Looks for what was below pages that cannot be read. In a file whose freelist is whole every page has one use, so a leaf that
 * nobody points to was below one of them: below the one into whose gap of keys it fits. It is left alone where that is not
 * one alone, or where another such leaf has its keys: one of both is old. Where the freelist is broken it may hold deleted
 * rows, and nothing is taken.
 */
export function reclaim(
  pages: CopiedPages,
  uses: PageUses,
  surveys: readonly TableSurvey[],
  isFreelistWhole: boolean,
): Reclaimed {
  const gaps = surveys.flatMap((survey) => survey.lost.map((tree) => ({ survey, tree })));
  if (gaps.length === 0) return { leaves: new Map(), unplaced: [] };
  const knownLost = new Set(gaps.map(({ tree }) => tree.page));
  const candidates: Candidate[] = [];
  const unplaced: Pick<DamagedPage, 'page' | 'table' | 'fault'>[] = [];
  for (let page = 2; page <= pages.pageCount; page++) {
    if (uses.isUsed(page) || page === pages.lockPage) continue;
    const found = placeOf(pages, page, gaps, isFreelistWhole);
    if (found === 'elsewhere') continue;
    if (typeof found !== 'string') candidates.push(found);
    else if (!knownLost.has(page)) unplaced.push({ page, table: null, fault: found });
  }
  const doubled = overlapping(candidates);
  for (const { page, survey } of doubled) {
    unplaced.push({ page, table: survey.table.name, fault: 'holds keys that another page without a parent holds too' });
  }
  const leaves = new Map<LostTree, FoundLeaf[]>();
  for (const candidate of candidates) {
    if (doubled.has(candidate)) continue;
    const found = leaves.get(candidate.tree);
    if (found) found.push(candidate);
    else leaves.set(candidate.tree, [candidate]);
  }
  return { leaves, unplaced };
}

/** Where a page belongs that nobody points to: a leaf's gap, `elsewhere` where it holds no rows, or why nobody can tell. */
function placeOf(
  pages: CopiedPages,
  page: number,
  gaps: readonly { survey: TableSurvey; tree: LostTree }[],
  isFreelistWhole: boolean,
): Candidate | string {
  if (pages.isMissing(page)) return 'is not in the file, which ends before it';
  const read = readTablePage(pages.read(page), shapeOf(pages, page), UNBOUNDED);
  if (read.kind === 'interior') return 'elsewhere';
  if (read.kind === 'faulty')
    return typeof readIndexPage(pages, page) === 'string'
      ? 'cannot be placed: it may be the rest of a lost row'
      : 'elsewhere';
  const leaf = spanOf(page, read);
  if (!leaf) return 'elsewhere';
  if (!isFreelistWhole) return 'may hold deleted rows, because the freelist is broken';
  const fitting = gaps.filter(
    ({ survey, tree: { bounds } }) =>
      read.columns <= survey.table.columns &&
      (bounds.after === null || leaf.first > bounds.after) &&
      (bounds.to === null || leaf.last <= bounds.to),
  );
  const [gap, other] = fitting;
  if (gap && !other) return { ...leaf, ...gap };
  return gap ? 'holds keys that are missing in more than one place' : 'holds keys that are missing nowhere';
}

/** Those that share keys with another one of the same table. */
function overlapping(candidates: readonly Candidate[]): Set<Candidate> {
  const doubled = new Set<Candidate>();
  const widest = new Map<TableSurvey, Candidate>();
  for (const candidate of [...candidates].sort((a, b) => (a.first < b.first ? -1 : 1))) {
    const before = widest.get(candidate.survey);
    if (before && candidate.first <= before.last) doubled.add(before).add(candidate);
    if (!before || candidate.last > before.last) widest.set(candidate.survey, candidate);
  }
  return doubled;
}

/** The keys of a lost page that none of the leaves found below it can hold. */
export function gapsBetween({ after, to }: LostTree['bounds'], leaves: readonly FoundLeaf[]): KeySpan[] {
  const sorted = [...leaves].sort((a, b) => (a.first < b.first ? -1 : 1));
  const spans: KeySpan[] = [];
  let from = after === null ? null : after + 1n;
  const close = (end: bigint | null): void => {
    if (end === null || (from ?? LEAST_KEY) <= end) spans.push({ from, to: end });
  };
  for (const { first, last } of sorted) {
    if (first > LEAST_KEY) close(first - 1n);
    from = last + 1n;
  }
  if ((from ?? LEAST_KEY) <= GREATEST_KEY) close(to);
  return spans;
}

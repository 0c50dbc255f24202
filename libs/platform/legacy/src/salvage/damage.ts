/** Keys of a table, both ends included; null where there is no bound. */
export interface KeySpan {
  readonly from: bigint | null;
  readonly to: bigint | null;
}

/** A page, or pages in a row that share one fault, of which nothing was taken. */
export interface DamagedPage {
  /** The first of them. */
  readonly page: number;
  /** How many there are. */
  readonly pages: number;
  /** The table that it belonged to, an index's table included; null where nobody can tell. */
  readonly table: string | null;
  readonly role: 'leaf' | 'interior' | 'overflow' | 'index' | 'freelist' | 'unknown';
  /** What is wrong, as the end of a sentence about the page. */
  readonly fault: string;
  /** Rows with keys in these spans are lost, if there were any. Rows that a damaged overflow page loses are `LostRow`s. */
  readonly lost: readonly KeySpan[];
  /** Of the first page, as far as the file has it. */
  readonly bytes: Buffer;
}

/** A row whose leaf could be read and whose rest could not. */
export interface LostRow {
  readonly table: string;
  readonly key: bigint;
  /** The leaf that holds its beginning. */
  readonly page: number;
  readonly fault: string;
  /** What the leaf holds of its record, header included. */
  readonly bytes: Buffer;
}

/** What a salvaged file lacks of the damaged one. */
export interface Damage {
  /** What SQLite's quick check says. */
  readonly findings: readonly string[];
  readonly pages: readonly DamagedPage[];
  readonly rows: readonly LostRow[];
  /** Leaves to which no readable page pointed, by table, and that were found by their own keys. */
  readonly reclaimed: ReadonlyMap<string, number>;
}

/** In the order of the file; pages in a row that are gone in the same way are one. */
export function mergedPages(pages: readonly DamagedPage[]): DamagedPage[] {
  const merged: DamagedPage[] = [];
  for (const page of [...pages].sort((a, b) => a.page - b.page)) {
    const before = merged.at(-1);
    if (before?.page === page.page && before.pages === 1) merged[merged.length - 1] = bothOf(before, page);
    else if (before && isNext(before, page)) {
      merged[merged.length - 1] = { ...before, pages: before.pages + 1, lost: joined(before.lost, page.lost) };
    } else merged.push(page);
  }
  return merged;
}

/** A page that was met twice is what is known best of it. */
function bothOf(one: DamagedPage, other: DamagedPage): DamagedPage {
  const known = one.role === 'unknown' ? other : one;
  return { ...known, lost: joined(one.lost, other.lost) };
}

/** Of pages without a byte to show, and of those that nobody can place: what is left of a lost row may be long. */
const isNext = (before: DamagedPage, { page, table, role, fault, bytes }: DamagedPage): boolean =>
  before.page + before.pages === page &&
  before.table === table &&
  before.role === role &&
  before.fault === fault &&
  (role === 'unknown' || [before.bytes, bytes].every((some) => some.every((byte) => byte === 0)));

function joined(before: readonly KeySpan[], after: readonly KeySpan[]): KeySpan[] {
  const [last, first] = [before.at(-1), after.at(0)];
  if (!last || !first || last.to === null || first.from !== last.to + 1n) return [...before, ...after];
  return [...before.slice(0, -1), { from: last.from, to: first.to }, ...after.slice(1)];
}

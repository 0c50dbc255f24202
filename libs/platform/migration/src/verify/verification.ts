/** One value, or one row where `column` is null, that is not as it must be. */
export interface Difference {
  readonly rowKey: string;
  /** The cache key of the row's entry, where it is about one. */
  readonly entry?: string;
  readonly column: string | null;
  /** In both but unequal; only in the source; only in the target. */
  readonly kind: 'changed' | 'missing' | 'extra';
  /** The canonical text that the source demands, or what is wrong; null for NULL and for no row. Cut around the change. */
  readonly source: string | null;
  readonly target: string | null;
}

/** What a full comparison of one table says. Clean: source = target + quarantined (+ skipped), row by row. */
export interface TableVerification {
  readonly table: string;
  readonly rowsSource: bigint;
  readonly rowsTarget: bigint;
  readonly rowsQuarantined: bigint;
  /** Rows that a cache no longer needs: expired or superseded. Always 0 for PostgreSQL. */
  readonly rowsSkipped: bigint;
  /** Rows that the file's retention deleted and the target keeps as history; in no other count. */
  readonly rowsKept?: bigint;
  readonly differences: bigint;
  /** The first of them. */
  readonly found: readonly Difference[];
  /** SHA-256, in hex, over the canonical text of the source's rows in key order, quarantined rows left out. */
  readonly digest: string;
  /** How many values each declared rule changed, by `column: rule`; `rounded` only where it had to look closely. */
  readonly normalised: Readonly<Record<string, number>>;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly clean: boolean;
}

/** Collects differences: counts all, keeps the first. */
export class Findings {
  readonly found: Difference[] = [];
  count = 0n;

  constructor(private readonly limit: number) {}

  add(difference: Difference): void {
    this.count++;
    if (this.found.length < this.limit) this.found.push({ ...difference, ...excerpts(difference) });
  }
}

const EXCERPT_CHARS = 600;

/** Long texts are shown from a little before the place where they part. */
function excerpts({ source, target }: Difference): Pick<Difference, 'source' | 'target'> {
  const length = Math.max(source?.length ?? 0, target?.length ?? 0);
  if (length <= EXCERPT_CHARS) return { source, target };
  let same = 0;
  if (source !== null && target !== null) while (source[same] === target[same]) same++;
  const from = Math.max(0, same - 100);
  const cut = (text: string | null): string | null =>
    text === null
      ? null
      : `${from > 0 ? '…' : ''}${text.slice(from, from + EXCERPT_CHARS)}${text.length > from + EXCERPT_CHARS ? '…' : ''}`;
  return { source: cut(source), target: cut(target) };
}

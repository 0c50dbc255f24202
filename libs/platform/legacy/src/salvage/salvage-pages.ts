import type { Steps } from '../steps';
import type { CopiedPages } from './copied-pages';
import { mergedPages, type Damage, type DamagedPage, type LostRow } from './damage';
import { surveyFreelist, surveyIndex } from './other-pages';
import { followChain, isWhole } from './overflow-chain';
import { plainSchema, settleHeader } from './plain-schema';
import { leafOf, writeTree } from './rebuild';
import { gapsBetween, reclaim, type Reclaimed } from './reclaim';
import { readTablePage, type Cell } from './table-page';
import { PageUses, shapeOf, TableSurvey, type FoundLeaf, type LostTree, type TableShape } from './table-survey';

const SCHEMA: TableShape = { name: 'sqlite_schema', rootPage: 1, columns: 5 };
const LEAVES_PER_STEP = 1_000;

/** Why nothing can be salvaged, as the end of a sentence about the file. */
export class BeyondSalvage extends Error {}

/**
 * Makes a whole database of the copy of a damaged one, in place. Every table keeps the leaves that can be believed, below
 * new interior pages; records and overflow pages stay where they are, byte for byte. Throws `BeyondSalvage` where the
 * schema cannot be read, without which nobody knows what any page is, and SQLite's errors.
 */
export function* salvagePages(file: string, pages: CopiedPages): Steps<Pick<Damage, 'pages' | 'rows' | 'reclaimed'>> {
  return yield* new PageSalvage(file, pages).run();
}

class PageSalvage {
  private readonly uses: PageUses;
  private readonly damaged: DamagedPage[] = [];
  private readonly broken = new Map<number, DamagedPage>();
  private readonly rows: LostRow[] = [];
  private readonly reclaimed = new Map<string, number>();
  private lastPage: number;

  constructor(
    private readonly file: string,
    private readonly pages: CopiedPages,
  ) {
    this.uses = new PageUses(pages.pageCount);
    this.lastPage = pages.pageCount;
  }

  *run(): Steps<Pick<Damage, 'pages' | 'rows' | 'reclaimed'>> {
    const { pages, uses } = this;
    const schema = new TableSurvey(SCHEMA, pages, uses, new Set());
    const [lost] = schema.lost;
    if (lost) throw new BeyondSalvage(`page ${lost.page} of its schema ${lost.fault}`);
    yield* this.useChains(schema.leaves);
    const freelist = surveyFreelist(pages, uses);
    for (const { page, fault } of freelist) this.damage({ page, fault, table: null, role: 'freelist', lost: [] });
    settleHeader(pages, pages.pageCount);
    const { tables, indexes, refused } = plainSchema(this.file);
    if (refused.length > 0) throw new BeyondSalvage(`${refused.join(', ')} is no plain table`);
    const roots = new Set([...tables, ...indexes].map(({ rootPage }) => rootPage));
    const surveys: TableSurvey[] = [];
    for (const table of tables) {
      surveys.push(new TableSurvey(table, pages, uses, roots));
      yield;
    }
    for (const { table, rootPage } of indexes) {
      const faulty = surveyIndex(pages, uses, rootPage);
      for (const { page, fault } of faulty) this.damage({ page, fault, table, role: 'index', lost: [] });
      yield;
    }
    for (const { leaves } of surveys) yield* this.useChains(leaves);
    yield* this.takeBack(surveys, freelist.length === 0);
    this.lastPage = this.pagesNow();
    for (const survey of surveys) yield* this.rebuild(survey);
    settleHeader(pages, this.lastPage);
    return {
      pages: mergedPages([...this.damaged, ...this.broken.values()]),
      rows: this.rows,
      reclaimed: this.reclaimed,
    };
  }

  /** What was below lost pages, as far as it can be told. */
  private *takeBack(surveys: readonly TableSurvey[], isFreelistWhole: boolean): Steps<void> {
    const found = reclaim(this.pages, this.uses, surveys, isFreelistWhole);
    for (const survey of surveys) {
      const leaves = survey.lost.flatMap((tree) => found.leaves.get(tree) ?? []);
      if (leaves.length === 0) continue;
      survey.add(leaves);
      this.reclaimed.set(survey.table.name, leaves.length);
      yield* this.useChains(leaves);
    }
    const unplaced = found.unplaced.filter(({ page }) => !this.uses.isUsed(page));
    for (const page of unplaced) this.damage({ ...page, role: 'unknown', lost: [] });
    const isComplete = isFreelistWhole && unplaced.length === 0;
    for (const survey of surveys) for (const tree of survey.lost) this.loseTree(survey, tree, found, isComplete);
  }

  private loseTree(survey: TableSurvey, tree: LostTree, found: Reclaimed, isComplete: boolean): void {
    const leaves = found.leaves.get(tree) ?? [];
    const isInterior = survey.isInterior(tree, leaves.length > 0);
    const lost = isInterior && isComplete ? [] : gapsBetween(tree.bounds, leaves);
    const { page, fault } = tree;
    this.damage({ page, fault, table: survey.table.name, role: isInterior ? 'interior' : 'leaf', lost });
  }

  /** Two rows cannot share a page, so that neither is believed where they do. */
  private *useChains(leaves: readonly FoundLeaf[]): Steps<void> {
    for (const [i, { page }] of leaves.entries()) {
      if (i % LEAVES_PER_STEP === LEAVES_PER_STEP - 1) yield;
      for (const cell of this.cellsOf(this.pages.read(page), page)) {
        if (cell.overflow === 0) continue;
        const chain = followChain(this.pages, cell);
        if (isWhole(chain)) for (const used of chain.pages) this.uses.use(used);
      }
    }
  }

  private *rebuild({ table, leaves }: TableSurvey): Steps<void> {
    const kept: { page: number; last: bigint }[] = [];
    for (const [i, { page }] of leaves.entries()) {
      if (i % LEAVES_PER_STEP === LEAVES_PER_STEP - 1) yield;
      const bytes = this.pages.read(page);
      const cells = this.cellsOf(bytes, page).filter((cell) => this.isKept(table, page, bytes, cell));
      const last = cells.at(-1)?.key;
      if (last === undefined) continue;
      this.pages.write(page, leafOf(this.pages, bytes, cells));
      kept.push({ page, last });
    }
    writeTree(this.pages, table.rootPage, kept, () => this.newPage());
  }

  private isKept({ name: table }: TableShape, page: number, bytes: Buffer, cell: Cell): boolean {
    if (cell.overflow === 0) return true;
    const chain = followChain(this.pages, cell);
    const shared = isWhole(chain) ? chain.pages.find((used) => this.uses.isShared(used)) : undefined;
    if (isWhole(chain) && shared === undefined) return true;
    const broken = isWhole(chain) ? { page: shared ?? 0, fault: 'is used by two rows' } : chain;
    const record = bytes.subarray(cell.recordAt, cell.recordAt + cell.localBytes);
    const place = broken.page === null ? 'its pointer to the rest' : `its overflow page ${broken.page}`;
    this.rows.push({ table, key: cell.key, page, fault: `${place} ${broken.fault}`, bytes: Buffer.from(record) });
    if (broken.page !== null && !this.broken.has(broken.page)) {
      const { page: at, fault } = broken;
      this.broken.set(at, { page: at, pages: 1, fault, table, role: 'overflow', lost: [], bytes: this.bytesOf(at) });
    }
    return false;
  }

  private cellsOf(bytes: Buffer, page: number): readonly Cell[] {
    const read = readTablePage(bytes, shapeOf(this.pages, page), { after: null, to: null });
    return read.kind === 'leaf' ? read.cells : [];
  }

  private damage(page: Omit<DamagedPage, 'pages' | 'bytes'>): void {
    this.damaged.push({ ...page, pages: 1, bytes: this.bytesOf(page.page) });
  }

  /** Before anything is written over it. */
  private bytesOf(page: number): Buffer {
    const bytes = this.pages.read(page);
    return this.pages.isMissing(page) && bytes.every((byte) => byte === 0) ? Buffer.alloc(0) : bytes;
  }

  /** SQLite may have taken some for the schema. */
  private pagesNow(): number {
    return Math.max(this.pages.pageCount, this.pages.read(1).readUInt32BE(28));
  }

  private newPage(): number {
    this.lastPage += this.lastPage + 1 === this.pages.lockPage ? 2 : 1;
    return this.lastPage;
  }
}

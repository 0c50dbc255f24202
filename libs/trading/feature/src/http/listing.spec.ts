import { cursorForms, Listing } from './listing';
import { RequestInvalidError } from './request.pipe';

interface Row {
  readonly id: number;
  readonly text?: string;
}
const { id, time } = cursorForms;
const keyOf = (row: Row): string[] => [String(row.id)];
const things = new Listing<Row>({ name: 'things', forms: [id], keyOf });
const wide = new Listing<Row>({ name: 'wide', forms: [id], keyOf, isWide: true });

/** Rows as a repository gives them, ascending, and how many it was asked for at a time. */
const stored = (rows: readonly Row[]) => {
  const asked: number[] = [];
  const read = (after: readonly string[] | null, count: number): Promise<Row[]> => {
    asked.push(count);
    return Promise.resolve(rows.filter((row) => row.id > Number(after?.[0] ?? 0)).slice(0, count));
  };
  return { asked, read };
};
const numbered = (count: number, text = ''): Row[] => Array.from({ length: count }, (_, i) => ({ id: i + 1, text }));
const idsOf = ({ items }: { items: readonly Row[] }): number[] => items.map((row) => row.id);

/** All pages of a listing. */
async function pagesOf(listing: Listing<Row>, limit: number, read: ReturnType<typeof stored>['read']) {
  const pages: number[][] = [];
  for (let cursor: string | undefined, more = true; more;) {
    const page = await listing.page({ limit, cursor }, read);
    pages.push(idsOf(page));
    cursor = page.next ?? undefined;
    more = page.next !== null;
  }
  return pages;
}

it('says where the next page begins, and that a page is the last one', async () => {
  const { asked, read } = stored(numbered(3));
  expect(await pagesOf(things, 2, read)).toEqual([[1, 2], [3]]);
  expect(asked).toEqual([3, 3]);
  expect(await pagesOf(things, 3, read)).toEqual([[1, 2, 3]]);
  expect(await things.page({ limit: 3 }, stored([]).read)).toEqual({ items: [], next: null });
});

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

it.each([
  ['text that is none', '%%%'],
  ['an object', encoded({ id: 1 })],
  ['too many values', encoded(['things', '1', '2'])],
  ['too few', encoded(['things'])],
  ['a value of another form', encoded(['things', "1'; DROP TABLE runs"])],
  ['an id that no bigint holds', encoded(['things', '9999999999999999999'])],
  ['a number', encoded(['things', 1])],
  ['no listing', encoded(['1'])],
  ['another listing, whose values look the same', encoded(['wide', '1'])],
  ['nothing', ''],
])('refuses a cursor of %s', async (_case, cursor) => {
  const { asked, read } = stored(numbered(3));
  await expect(things.page({ limit: 1, cursor }, read)).rejects.toThrow(RequestInvalidError);
  expect(asked).toEqual([]);
});

const timed = new Listing<Row>({ name: 'timed', forms: [time], keyOf: () => [''] });
const readAt = async (at: string): Promise<readonly string[] | null | undefined> => {
  let given: readonly string[] | null | undefined;
  await timed.page({ limit: 1, cursor: encoded(['timed', at]) }, (after) => Promise.resolve(((given = after), [])));
  return given;
};

it.each(['2026-02-30T00:00:00Z', '2026-01-09T24:00:00Z', '0000-01-01T00:00:00Z', '2026-01-09'])(
  'refuses a cursor with the time %s',
  (at) => expect(readAt(at)).rejects.toThrow(RequestInvalidError),
);

it('takes a cursor with a time to the microsecond', async () => {
  expect(await readAt('2026-01-09T10:00:00.123456Z')).toEqual(['2026-01-09T10:00:00.123456Z']);
});

describe('a listing of wide rows', () => {
  it('reads few of them at once, and gives a page as large as was asked for', async () => {
    const { asked, read } = stored(numbered(200));
    expect(idsOf(await wide.page({ limit: 100 }, read))).toEqual(idsOf({ items: numbered(100) }));
    expect(asked).toEqual([10, 50, 41]);
  });

  it.each([1, 9, 10, 11, 60, 61, 199, 200, 500])('gives all of 200 rows in pages of %d', async (limit) => {
    const pages = await pagesOf(wide, limit, stored(numbered(200)).read);
    expect(pages.flat()).toEqual(idsOf({ items: numbered(200) }));
    expect(pages.length).toBe(Math.ceil(200 / limit));
  });

  it('ends a page of large rows early, and goes on behind it', async () => {
    const { asked, read } = stored(numbered(30, 'x'.repeat(1_000_000)));
    const pages = await pagesOf(wide, 500, read);
    expect(pages.flat()).toEqual(idsOf({ items: numbered(30) }));
    expect(pages[0]).toEqual([1, 2, 3]);
    expect(Math.max(...asked)).toBe(10);
  });

  it('gives a row that is larger than a page', async () => {
    const rows = numbered(3, 'x'.repeat(5_000_000));
    expect(await pagesOf(wide, 500, stored(rows).read)).toEqual([[1], [2], [3]]);
  });
});

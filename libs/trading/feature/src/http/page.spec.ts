import { cursorForms, readCursor, toPage } from './page';
import { RequestInvalidError } from './request.pipe';

const rows = [{ id: '3' }, { id: '2' }, { id: '1' }];
const keyOf = ({ id }: { id: string }): string[] => [id];

it('says where the next page begins', () => {
  const { items, next } = toPage(rows, 2, keyOf);
  expect(items).toEqual([{ id: '3' }, { id: '2' }]);
  expect(readCursor(next ?? undefined, [cursorForms.id])).toEqual(['2']);
});

it('says that a page is the last one', () => {
  expect(toPage(rows, 3, keyOf)).toEqual({ items: rows, next: null });
  expect(toPage([], 3, keyOf)).toEqual({ items: [], next: null });
});

it('takes no cursor for the first page', () => expect(readCursor(undefined, [cursorForms.id])).toBeNull());

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

it.each([
  ['text that is none', '%%%'],
  ['another value', encoded({ id: 1 })],
  ['too many values', encoded(['1', '2'])],
  ['a value of another form', encoded(["1'; DROP TABLE runs"])],
  ['a number', encoded([1])],
  ['nothing', ''],
])('refuses a cursor of %s', (_case, cursor) => {
  expect(() => readCursor(cursor, [cursorForms.id])).toThrow(RequestInvalidError);
});

it.each(['2026-02-30T00:00:00Z', '2026-01-09T24:00:00Z', '0000-01-01T00:00:00Z', '2026-01-09'])(
  'refuses a cursor with the time %s',
  (time) => expect(() => readCursor(encoded([time]), [cursorForms.time])).toThrow(RequestInvalidError),
);

it('takes a cursor with a time to the microsecond', () => {
  expect(readCursor(encoded(['2026-01-09T10:00:00.123456Z']), [cursorForms.time])).toEqual([
    '2026-01-09T10:00:00.123456Z',
  ]);
});

it('refuses a cursor with an id that no bigint holds', () => {
  expect(() => readCursor(encoded(['9999999999999999999']), [cursorForms.id])).toThrow(RequestInvalidError);
});

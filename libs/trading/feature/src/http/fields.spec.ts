import { Type } from 'class-transformer';
import { IsArray, ValidateNested } from 'class-validator';
import {
  AtMost,
  ChoiceField,
  DateField,
  DecimalField,
  IntegerField,
  JsonField,
  NumberField,
  ObjectField,
  TextField,
  TimeField,
} from './fields';
import { RequestInvalidError, RequestPipe, type RequestProblem } from './request.pipe';

class Body {
  @TextField({ description: 'A name.', maxLength: 3 })
  name!: string;

  @ChoiceField({ description: 'One.', choices: ['A', 'B'], optional: true })
  choice?: string;

  @NumberField({ description: 'A number.', optional: true, nullable: true, minimum: 0, maximum: 10 })
  number?: number | null;

  @TimeField({ description: 'A time.', optional: true })
  at?: string;

  @DateField({ description: 'A day.', optional: true })
  day?: string;

  @ObjectField({ description: 'An object.', optional: true })
  more?: object;
}

const read = (body: unknown): Promise<unknown> =>
  new RequestPipe().transform(body, { type: 'body', metatype: Body, data: undefined });

it.each([
  { name: 'abc' },
  { name: 'a', choice: 'A', number: 10, at: '2026-01-09T10:00:00+05:30', day: '2024-02-29', more: { a: [1] } },
  { name: 'a', number: null },
])('takes %j', async (body) => expect(await read(body)).toEqual(body));

it.each([
  ['a name that is missing', {}],
  ['an empty name', { name: '' }],
  ['an overlong name', { name: 'abcd' }],
  ['a name that is none', { name: 1 }],
  ['null where none may be', { name: 'a', choice: null }],
  ['another choice', { name: 'a', choice: 'C' }],
  ['a number beyond its range', { name: 'a', number: 11 }],
  ['a text for a number', { name: 'a', number: 'NaN' }],
  ['an infinity', { name: 'a', number: Infinity }],
  ['a day that does not exist', { name: 'a', day: '2026-02-29' }],
  ['the year 0', { name: 'a', day: '0000-01-01' }],
  ['a time that is none', { name: 'a', at: 'yesterday' }],
  ['a list for an object', { name: 'a', more: [] }],
  ['a field that there is not', { name: 'a', other: 1 }],
  ['NUL inside an object', { name: 'a', more: { a: '\0' } }],
])('refuses %s', async (_what, body) => expect(read(body)).rejects.toThrow(RequestInvalidError));

class Price {
  @JsonField({ description: 'Anything.' })
  value!: unknown;

  @DecimalField({ description: 'Money.', digits: 4, scale: 2, optional: true })
  usd?: string;

  @IntegerField({ description: 'How many.', minimum: 0, maximum: 9, optional: true })
  count?: number;
}
const readPrice = (body: unknown): Promise<unknown> =>
  new RequestPipe().transform(body, { type: 'body', metatype: Price, data: undefined });

it.each([{ value: null }, { value: [{ a: null }] }, { value: 'x', usd: '1234.50', count: 9 }])(
  'takes %j',
  async (body) => expect(await readPrice(body)).toEqual(body),
);

it.each([
  ['no value', {}],
  ['more digits than there may be', { value: 1, usd: '12345' }],
  ['more digits behind the point', { value: 1, usd: '1.123' }],
  ['a negative one', { value: 1, usd: '-1' }],
  ['a number, which may be rounded', { value: 1, usd: 1.5 }],
  ['a whole number as text', { value: 1, count: '1' }],
  ['a part', { value: 1, count: 1.5 }],
  ['one too many', { value: 1, count: 10 }],
])('refuses %s', async (_what, body) => expect(readPrice(body)).rejects.toThrow(RequestInvalidError));

class Book {
  @IsArray()
  @AtMost(3)
  @ValidateNested({ each: true })
  @Type(() => Body)
  pages!: Body[];
}
const problemsOf = (body: unknown, metatype: typeof Book | typeof Body): Promise<readonly RequestProblem[]> =>
  new RequestPipe().transform(body, { type: 'body', metatype, data: undefined }).then(
    () => [],
    (error: RequestInvalidError) => error.problems,
  );

it('looks at no more elements of a list than there may be, and at one to tell that there are more', async () => {
  expect(await problemsOf({ pages: Array(3).fill({ name: 'a' }) }, Book)).toEqual([]);
  const pointers = (await problemsOf({ pages: Array(50).fill({}) }, Book)).map(({ pointer }) => pointer);
  expect(pointers).toContain('/pages');
  expect(new Set(pointers.filter((pointer) => pointer !== '/pages')).size).toBe(4);
});

it('tells twenty problems at most, and takes neither a list nor what would take long to check', async () => {
  const wide = (count: number) => Object.fromEntries(Array.from({ length: count }, (_v, i) => [`k${i}`, 1]));
  expect(await problemsOf(wide(100), Body)).toHaveLength(20);
  for (const body of [wide(2_001), [{ name: 'a' }], { name: 'a', more: { a: Array(100_000).fill(1) } }])
    expect(await problemsOf(body, Body)).toMatchObject([{ pointer: '' }]);
});

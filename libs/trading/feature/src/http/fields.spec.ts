import {
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
import { RequestInvalidError, RequestPipe } from './request.pipe';

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

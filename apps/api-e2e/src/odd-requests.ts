import * as fc from 'fast-check';

/** What is used of an OpenAPI 3.1 document. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: string | readonly string[];
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema?: Schema }[];
  readonly requestBody?: { content: Readonly<Record<string, { schema?: Schema; example?: unknown }>> };
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, unknown>> }>>;
}

export interface OddRequest {
  readonly method: string;
  /** As it goes over the wire: percent-encoded, not always well. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export const routesOf = ({ paths }: ApiDocument): Route[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

const LONG = 'x'.repeat(10_000);

/** Text of a parameter that some parser somewhere has stumbled over, percent-encoded. */
const oddText = fc.oneof(
  fc.constantFrom(
    ...['', '%20', '%00', 'a%00b', '%ED%A0%80', '%FF', '%', '%zz', '%0a', '%22', "'%3B--", '%F0%9F%9A%80', '%E2%80%AE'],
    ...['0', '-0', '-1', '1.5', '1e3', '1e999', 'NaN', 'Infinity', '0x10', '99999999999999999999', '2147483648'],
    ...['9223372036854775808', 'null', 'undefined', 'true', '[]', '{}', '__proto__', 'constructor', '%2F..%2F..', LONG],
    ...['2026-02-30', '2026-13-01T00:00:00Z', '0000-00-00', '+275761-01-01T00:00:00Z', '2026-01-01T25:00:00%2B99:99'],
    ...['Infinity-01-01', '9999-12-31T23:59:59.999999999Z', '-271821-04-20', 'eyJhIjoxfQ', 'WyIxIl0', 'WyItMSJd'],
  ),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => encodeURIComponent(text.toWellFormed())),
);

/** Values of a body as JSON text, not always JSON. */
const oddJson = fc.oneof(
  fc.constantFrom(
    ...['null', 'true', '0', '-0', '-1', '1.5', '1e308', '1e400', '-1e400', '99999999999999999999', '9007199254740993'],
    ...[
      '""',
      '" "',
      '"\\u0000"',
      '"a\\u0000b"',
      '"\\ud800"',
      '"NaN"',
      '"1e999"',
      '"Infinity"',
      `"${LONG}"`,
      '"2026-02-30"',
    ],
    ...['"2026-01-01T25:00:00Z"', '"+275761-01-01T00:00:00Z"', '"0000-00-00T00:00:00Z"', '"\'; DROP TABLE x; --"'],
    ...['[]', '[[]]', '[null]', '{}', '{"a":"\\u0000"}', '{"\\ud800":1}', '{"\\u0000":1}', '{"__proto__":{"a":1}}'],
    ...['{"constructor":{"prototype":1}}', `${'['.repeat(2_000)}${']'.repeat(2_000)}`, `[${'1,'.repeat(5_000)}1]`],
    ...['NaN', 'Infinity', 'undefined', '01', '"unended', '{"a":1,"a":2}'],
  ),
  fc.jsonValue().map((value) => JSON.stringify(value)),
);

const oddBody = fc.oneof(
  oddJson.map((text) => Buffer.from(text)),
  fc.constantFrom(Buffer.from(''), Buffer.from('{'), Buffer.from([0x22, 0xff, 0xfe, 0x22]), Buffer.from('a=b')),
);

const oddHeader = fc.constantFrom('', ' ', 'a b', '\u00e9', '"', '*', 'W/"1"', '"', '"abc"', 'x'.repeat(300));
const ODD = '@@odd@@';

/** Requests of a route of which one thing is odd, or more: a parameter, a field of the body, the body, a header. */
export function oddRequests(route: Route, document: ApiDocument): fc.Arbitrary<OddRequest> {
  const { parameters = [], requestBody } = route.operation;
  const usual = parameters.map((parameter) => ({ ...parameter, text: usualText(parameter.schema, document) }));
  const asked = fc.record({
    odd: fc.array(fc.record({ at: fc.nat(), text: oddText }), { minLength: requestBody ? 0 : 1, maxLength: 2 }),
    header: fc.option(oddHeader, { freq: 5 }),
    isHead: fc.constantFrom(false, false, false, route.method === 'GET'),
    more: fc.constantFrom('', '', '', '&nosuch=1', '&limit=1&limit=2', '&a[b]=c', '&=', '&%00=1', '&__proto__=1'),
    body: requestBody ? bodies(requestBody, document) : fc.option(oddBody, { freq: 6 }),
    type: fc.constantFrom(
      ...Array<string>(8).fill('application/json'),
      'text/plain',
      'application/json; charset=x',
      'a',
    ),
  });
  return asked.map(({ odd, header, isHead, more, body, type }) => {
    const texts = usual.map(({ text }) => text);
    for (const { at, text } of odd) if (texts.length > 0) texts[at % texts.length] = text;
    const given = usual.map((parameter, i) => ({ ...parameter, text: texts[i] ?? '' }));
    const inside = given.filter((parameter) => parameter.in === 'path');
    const path = inside.reduce((target, { name, text }) => target.replace(`{${name}}`, () => text), route.path);
    const isAsked = ({ required }: { required?: boolean }, i: number): boolean =>
      required === true || odd.some(({ at }) => at % texts.length === i);
    const query = given.map((parameter, i) => (parameter.in === 'query' && isAsked(parameter, i) ? `${parameter.name}=${parameter.text}` : '')); // prettier-ignore
    const named = header === null ? [] : given.filter((parameter) => parameter.in === 'header').map(({ name }) => [name, header]); // prettier-ignore
    return {
      method: isHead ? 'HEAD' : route.method,
      target: `${path}?${query.filter(Boolean).join('&')}${more}`,
      headers: { ...Object.fromEntries(named), ...(body === null ? {} : { 'content-type': type }) },
      body,
    };
  });
}

function usualText(schema: Schema | undefined, document: ApiDocument): string {
  const { examples, default: initial, enum: values } = resolved(schema ?? {}, document);
  return encodeURIComponent(String(examples?.[0] ?? initial ?? values?.[0] ?? '1'));
}

const resolved = (schema: Schema, { components }: ApiDocument): Schema =>
  schema.$ref === undefined ? schema : (components.schemas[schema.$ref.replace('#/components/schemas/', '')] ?? {});

function bodies(body: NonNullable<Operation['requestBody']>, document: ApiDocument): fc.Arbitrary<Buffer> {
  const [media] = Object.values(body.content);
  const example = media?.example ?? {};
  const fields = Object.keys(resolved(media?.schema ?? {}, document).properties ?? {}).map((name) => [name]);
  const places = [...fields, ...placesIn(example), ['nosuch']];
  const changed = fc.record({ at: fc.constantFrom(...places), text: oddJson }).map(({ at, text }) => {
    const whole = JSON.stringify(withAt(example, at, ODD));
    return Buffer.from(whole.replace(JSON.stringify(ODD), () => text));
  });
  return fc.oneof({ arbitrary: changed, weight: 8 }, { arbitrary: oddBody, weight: 1 });
}

/** The way to each value inside. */
function placesIn(value: unknown, before: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [[...before, name], ...placesIn(inner, [...before, name])]);
}

function withAt(value: unknown, [name, ...rest]: readonly string[], odd: unknown): unknown {
  if (name === undefined) return odd;
  if (Array.isArray(value)) return value.map((one: unknown, i) => (String(i) === name ? withAt(one, rest, odd) : one));
  const fields = typeof value === 'object' && value !== null ? { ...value } : {};
  return { ...fields, [name]: withAt((fields as Record<string, unknown>)[name], rest, odd) };
}

import { clientTypes, typeOf } from './client-types';

it.each([
  ['text', { type: 'string' }, 'string'],
  ['a number or nothing', { type: ['integer', 'null'] }, '(number) | (null)'],
  ['one of some', { type: 'string', enum: ['a', 'b'] }, '("a") | ("b")'],
  ['a list of references', { type: 'array', items: { $ref: '#/components/schemas/A' } }, '(Schemas["A"])[]'],
  ['a choice', { anyOf: [{ $ref: '#/components/schemas/A' }, { type: 'null' }] }, '(Schemas["A"]) | (null)'],
  ['all of one', { allOf: [{ $ref: '#/components/schemas/A' }] }, 'Schemas["A"]'],
  ['values by name', { type: 'object', additionalProperties: { type: 'number' } }, 'Record<string, number>'],
  ['fields', { type: 'object', required: ['a'], properties: { a: { type: 'boolean' }, 'b-c': {} } }, '{\n  a: boolean;\n  "b-c"?: unknown;\n}'],
  ['anything', {}, 'unknown'],
])('writes %s', (_case, schema, type) => expect(typeOf(schema)).toBe(type)); // prettier-ignore

it('writes what a route takes and answers, with its words', () => {
  const text = clientTypes({
    paths: {
      '/a/{b}': {
        post: {
          ...{ summary: 'Do it', description: 'Ends here: */.' },
          parameters: [{ name: 'b', in: 'path', required: true, schema: { type: 'integer' } }],
          requestBody: { required: true, content: { 'application/json': { schema: { type: 'string' } } } },
          responses: { '204': { description: '' } },
        },
      },
    },
  });
  expect(text).toContain('"/a/{b}": {\n    /** Do it. Ends here: *\\/. */\n    post: {');
  expect(text).toContain('path: {\n          b: number;');
  expect(text).toContain('query?: never;');
  expect(text).toContain('requestBody: {\n        content: {\n          "application/json": string;');
  expect(text).toMatch(/204: \{\n\s+headers: Record<string, unknown>;\n\s+content\?: never;/);
});

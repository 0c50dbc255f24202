import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { exampleOf, schema31, toOpenApi31 } from './openapi-3-1';
import { exampleFaults, openapiFaults, schemaFaults } from './openapi-faults';

/** What the API answers at /openapi.json; a spec of tools/reference compares the two. */
const file = path.resolve(__dirname, '../../../docs/reference/openapi.json');

describe('the committed document', () => {
  const document = JSON.parse(readFileSync(file, 'utf8'));

  it('is of OpenAPI 3.1, and every operation says what it is, takes and answers', () => {
    expect(openapiFaults(document)).toEqual([]);
    expect(Object.keys(document.paths).length).toBeGreaterThan(25);
  });

  it('gives examples of the types that it says', () => {
    expect(exampleFaults(document)).toEqual([]);
    const broken = structuredClone(document);
    broken.components.schemas.Odd = { properties: { value: { type: ['object', 'null'], examples: ['a text'] } } };
    expect(exampleFaults(broken)).toEqual(['#/components/schemas/Odd/properties/value: "a text" is an example of another type']); // prettier-ignore
  });

  it.each([
    ['an operation without an id', (broken: typeof document) => delete broken.paths['/health'].get.operationId],
    ['an operation without a summary', (broken: typeof document) => delete broken.paths['/health'].get.summary],
    ['a heading twice', (broken: typeof document) => broken.tags.push(broken.tags[0])],
    ['a heading that nobody described', (broken: typeof document) => (broken.paths['/health'].get.tags = ['misc'])],
    ['two operations of one id', (broken: typeof document) => (broken.paths['/health'].get.operationId = 'getLiveness')],
    ['a good answer without a schema', (broken: typeof document) => (broken.paths['/health'].get.responses['200'] = { description: 'Fine' })],
    ['a word in a response that has none such', (broken: typeof document) => (broken.paths['/health'].get.responses['200'].schema = {})],
    ['a reference that leads nowhere', (broken: typeof document) => (broken.components.schemas = {})],
    ['a word of 3.0', (broken: typeof document) => (broken.components.schemas.Odd = { type: 'string', nullable: true })],
    ['a version of before', (broken: typeof document) => (broken.openapi = '3.0.0')],
    ['a parameter of the path that is not described', (broken: typeof document) => (broken.paths['/v1/admin/caches/{name}'].get.parameters = [])],
    ['a body without an example', (broken: typeof document) => delete broken.paths['/v1/admin/caches/{name}/policy'].patch.requestBody.content['application/json'].example],
  ])('would not be accepted with %s', (_case, damage) => {
    const broken = structuredClone(document);
    damage(broken);
    expect(openapiFaults(broken)).not.toEqual([]);
  }); // prettier-ignore
});

describe('schema31', () => {
  it.each([
    ['a type or null', { type: 'string', nullable: true, example: 'a' }, { type: ['string', 'null'], examples: ['a'] }],
    ['a choice of values or null', { type: 'string', enum: ['a'], nullable: true }, { type: ['string', 'null'], enum: ['a', null] }],
    ['another schema or null', { nullable: true, allOf: [{ $ref: '#/a' }], description: 'd' }, { anyOf: [{ allOf: [{ $ref: '#/a' }] }, { type: 'null' }], description: 'd' }],
    ['anything', { nullable: true }, {}],
    ['never null', { type: 'string', nullable: false }, { type: 'string' }],
    ['an exclusive bound', { type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 1, exclusiveMaximum: false }, { type: 'number', exclusiveMinimum: 0, maximum: 1 }],
    ['fields named like keywords', { type: 'object', properties: { nullable: { type: 'boolean', example: true }, example: { type: 'string' } } }, { type: 'object', properties: { nullable: { type: 'boolean', examples: [true] }, example: { type: 'string' } } }],
    ['what is inside', { type: 'array', items: { type: 'object', additionalProperties: { type: 'integer', nullable: true } } }, { type: 'array', items: { type: 'object', additionalProperties: { type: ['integer', 'null'] } } }],
  ])('rewrites %s', (_case, before, after) => expect(schema31(before)).toEqual(after)); // prettier-ignore

  /** Schemas as the generator writes them. */
  const { schema } = fc.letrec<{ schema: object }>((tie) => {
    const notes = fc.record(
      { nullable: fc.boolean(), example: fc.jsonValue(), description: fc.string() },
      { requiredKeys: [] },
    );
    const forms = fc.oneof(
      { maxDepth: 3 },
      fc.record({ type: fc.constantFrom('string', 'boolean', 'integer') }),
      fc.record(
        { type: fc.constant('number'), minimum: fc.integer(), exclusiveMinimum: fc.boolean(), maximum: fc.integer() },
        { requiredKeys: ['type'] },
      ),
      fc.record({ type: fc.constant('string'), enum: fc.array(fc.string(), { minLength: 1 }) }),
      fc.record({ allOf: fc.tuple(fc.constant({ $ref: '#/components/schemas/A' })) }),
      fc.record({ type: fc.constant('array'), items: tie('schema') }),
      fc.record({ oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
      fc.record({
        type: fc.constant('object'),
        properties: fc.dictionary(
          fc.oneof(fc.constantFrom('example', 'nullable', 'schema'), fc.string()),
          tie('schema'),
        ),
      }),
    );
    return { schema: fc.tuple(forms, notes).map(([form, note]) => ({ ...form, ...note })) };
  });

  it('leaves nothing of 3.0 in any schema, and nothing to do for a second time', () => {
    fc.assert(
      fc.property(schema, (before) => {
        const after = schema31(before);
        expect(schemaFaults('schema', after)).toEqual([]);
        expect(schema31(after)).toEqual(after);
        expect(() => exampleOf(after, {})).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });

  it('makes any document of such schemas one of 3.1', () => {
    fc.assert(
      fc.property(schema, schema, (parameter, body) => {
        const content = { 'application/json': { schema: body } };
        const document = toOpenApi31({
          ...{ openapi: '3.0.0', tags: [{ name: 't', description: 'd' }], components: { schemas: { A: parameter } } },
          paths: {
            '/a/{b}': {
              post: {
                ...{ operationId: 'a', summary: 's', tags: ['t'], requestBody: { content } },
                parameters: [{ name: 'b', in: 'path', required: true, schema: parameter }],
                responses: { '200': { description: '', content } },
              },
            },
          },
        });
        expect(openapiFaults(document).filter((fault) => !fault.endsWith('no example of the body'))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

it('makes the example of a body from those of its fields', () => {
  const A = {
    type: 'object',
    properties: { a: { type: 'integer', examples: [7] }, b: { type: 'string', default: 'x' } },
  };
  const list = { type: 'array', items: { $ref: '#/components/schemas/A' } };
  expect(exampleOf(list, { A })).toEqual([{ a: 7, b: 'x' }]);
  expect(exampleOf({ anyOf: [{ $ref: '#/components/schemas/A' }, { type: 'null' }] }, { A })).toEqual({ a: 7, b: 'x' });
  const itself = { type: 'object', properties: { next: { $ref: '#/components/schemas/B' } } };
  expect(JSON.stringify(exampleOf(itself, { B: itself })).length).toBeLessThan(200);
});

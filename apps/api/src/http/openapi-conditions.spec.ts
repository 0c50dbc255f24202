import { withConditions } from './openapi-conditions';

const headers = { ETag: { schema: { type: 'string' } } };
const operationOf = (method: string, ok: object) =>
  (withConditions({ paths: { '/a': { [method]: { responses: { 200: ok } } } } }) as ReturnType<typeof JSON.parse>).paths['/a'][method]; // prettier-ignore

it('tells that a read with a tag can be asked for on condition', () => {
  const { parameters, responses } = operationOf('get', { description: '', headers });
  expect(parameters).toMatchObject([{ name: 'If-None-Match', in: 'header', required: false }]);
  expect(responses[304]).toMatchObject({ headers });
});

it.each([
  ['a change', 'put', { description: '', headers }],
  ['a read without a tag', 'get', { description: '' }],
])('tells nothing of %s', (_what, method, ok) => {
  expect(operationOf(method, ok)).toEqual({ responses: { 200: ok } });
});

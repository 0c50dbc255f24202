import { withUnreadable } from './openapi-unreadable';

const own = { 200: { description: '' } };
const responsesOf = (path: string, method: string, responses: object = own) =>
  (withUnreadable({ paths: { [path]: { [method]: { responses } } } }) as ReturnType<typeof JSON.parse>).paths[path][method].responses; // prettier-ignore

it.each([
  ['post', '/v1/runs', ['200', '400', '413', '415']],
  ['put', '/v1/context/memory/{context_type}/{key}', ['200', '400', '413', '414', '415']],
  ['delete', '/v1/context/memory/{context_type}/{key}', ['200', '400', '413', '414', '415']],
  ['post', '/v1/cache/clear', ['200', '400', '413', '415']],
  ['get', '/v1/runs/{run_id}', ['200', '400', '414']],
  ['get', '/v1/runs', ['200']],
])('tells what %s %s answers where the request cannot be read', (method, path, statuses) => {
  expect(Object.keys(responsesOf(path, method))).toEqual(statuses);
});

it('speaks problem details, and the legacy shape on legacy paths', () => {
  for (const status of [400, 413, 415]) {
    expect(Object.keys(responsesOf('/v1/runs', 'post')[status].content)).toEqual(['application/problem+json']);
    expect(Object.keys(responsesOf('/v1/memory/upsert', 'post')[status].content)).toEqual(['application/json']);
  }
});

it('keeps what an operation says of the same status', () => {
  const { 400: answer } = responsesOf('/v1/things', 'post', { 400: { description: 'OTHER', content: {} } });
  expect(answer).toEqual({ description: expect.stringMatching(/^OTHER, or HTTP_BAD_REQUEST/), content: {} });
});

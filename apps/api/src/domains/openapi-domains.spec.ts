import { withDomains } from './openapi-domains';

const documentOf = (path: string, method: string, responses: object): object =>
  withDomains({ paths: { [path]: { [method]: { responses } } } }) as object;
const responsesOf = (path: string, method: string, responses: object = { 200: { description: '' } }) =>
  (documentOf(path, method, responses) as { paths: Record<string, Record<string, { responses: object }>> }).paths[path]![method]!.responses; // prettier-ignore

describe('what the document says of modes', () => {
  it.each([
    ['post', '/v1/runs', true],
    ['put', '/v1/context/preferences/{user_id}/{pref_key}', true],
    ['post', '/v1/llm-costs/requests', true],
    ['get', '/v1/performance/alpha/evaluate', true],
    ['post', '/v1/llm-costs/prices', false],
    ['put', '/v1/context/memory/{context_type}/{key}', false],
    ['get', '/v1/runs', false],
  ])('of %s %s: it may be refused: %s', (method, path, isRefused) => {
    expect('409' in responsesOf(path, method)).toBe(isRefused);
  });

  it('keeps an operation’s own conflict, and speaks the legacy shape on legacy paths', () => {
    expect(responsesOf('/v1/policies/{id}', 'patch', { 409: { description: 'OTHER' } })).toEqual({
      409: { description: expect.stringMatching(/^OTHER, or DOMAIN_WRITE_REFUSED/) },
    });
    expect(responsesOf('/v1/performance/alpha/evaluate', 'get')).toMatchObject({
      409: { content: { 'application/json': {} } },
    });
  });

  it.each([
    ['/v1/runs/{run_id}', true],
    ['/v1/runs', true],
    ['/v1/analytics/top-picks-history', true],
    ['/v1/context/analyses/latest', true],
    ['/v1/policies', false],
    ['/v1/candles/{symbol}', false],
  ])('of GET %s: it tells its side: %s', (path, isTold) => {
    const { 200: ok } = responsesOf(path, 'get') as { 200: { headers?: object } };
    expect('Sluice-Read-From' in (ok.headers ?? {})).toBe(isTold);
  });
});

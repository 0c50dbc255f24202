import createFetchClient, { type Client } from 'openapi-fetch';
import type { Paths, Schemas } from './paths';

export type { Paths, Schemas };
export type SluiceClient = Client<Paths>;

export interface ClientOptions {
  /** Where the API is: `http://127.0.0.1:3000`. */
  readonly url: string;
  /** As `sluice keys create` printed it. */
  readonly apiKey?: string;
  readonly fetch?: (request: Request) => Promise<Response>;
}

/**
 * The API with the types of its OpenAPI document: `await client.GET('/v1/performance/alpha/dataset', { params: { query: {
 * limit: 5 } } })` gives `{ data, error, response }`, of which `error` is what the API documents for a failure. It rejects
 * only where there is no answer. Text, such as `/metrics`, is asked for with `parseAs: 'text'`.
 */
export function createClient({ url, apiKey, fetch }: ClientOptions): SluiceClient {
  return createFetchClient<Paths>({
    baseUrl: url,
    ...(apiKey === undefined ? {} : { headers: { authorization: `Bearer ${apiKey}` } }),
    ...(fetch === undefined ? {} : { fetch }),
  });
}

import { readFileSync } from 'node:fs';
import { Agent, request as ask, type IncomingHttpHeaders } from 'node:http';
import path from 'node:path';
import * as fc from 'fast-check';
import { freshDatabase, freshRedis, type FreshDatabase, type FreshRedis } from '@sluice/testing';
import { ApiProcess } from './api-process';
import { storeLegacyRows } from './legacy-rows';
import { oddRequests, routesOf, type ApiDocument, type OddRequest } from './odd-requests';

/** A failure names the seed and the smallest request that shows it. `BAD_INPUT_SEED` and `BAD_INPUT_RUNS` try others. */
const seed = Number(process.env['BAD_INPUT_SEED'] ?? 20261121);
const runs = Number(process.env['BAD_INPUT_RUNS'] ?? 40);
/** On a slow machine no route takes longer than its part of this, but each is asked so often at least. */
const TOTAL_MS = 45_000;
const LEAST_RUNS = 5;

const file = path.resolve(__dirname, '../../../docs/reference/openapi.json');
const document: ApiDocument = JSON.parse(readFileSync(file, 'utf8'));
const routes = routesOf(document);

interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** An odd text in a path, or none, may lead to no route. */
const isOfNoRoute = (status: number, body: unknown): boolean =>
  status === 404 &&
  (JSON.stringify(body) === '{"detail":"Not Found"}' || (body as { code: string }).code === 'HTTP_NOT_FOUND');

describe(`odd requests of seed ${seed}`, () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  let database: FreshDatabase;
  let redis: FreshRedis;
  let api: ApiProcess;

  beforeAll(async () => {
    [database, redis] = await Promise.all([freshDatabase(), freshRedis()]);
    await storeLegacyRows(database.url);
    api = await ApiProcess.start({
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      API_AUTH: 'loopback',
    });
  });
  afterAll(async () => {
    agent.destroy();
    const { code, stderr } = await api.stop();
    await Promise.all([database.drop(), redis.flush()]);
    expect([code, stderr.split('\n').filter((line) => line.includes('"level":"error"'))]).toEqual([0, []]);
  });

  /** The target as it is: `fetch` would mend it. */
  const send = ({ method, target, headers, body }: OddRequest): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(api.url);
      const length = body === null ? {} : { 'content-length': body.length };
      const request = ask(
        { hostname, port, method, path: target, headers: { ...headers, ...length }, agent },
        (answer) => {
          let text = '';
          answer.on('data', (piece: Buffer) => (text += piece.toString()));
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
          answer.on('error', reject);
        },
      );
      request.on('error', reject);
      request.end(body ?? undefined);
    });

  it.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s refuses them in the documented form',
    async (_name, route) => {
      const { responses } = route.operation;
      const enoughAt = Date.now() + TOTAL_MS / routes.length;
      let asked = 0;
      await fc.assert(
        fc.asyncProperty(oddRequests(route, document), async (request) => {
          if (++asked > LEAST_RUNS && Date.now() > enoughAt) return;
          const { status, headers, text } = await send(request);
          expect(text).not.toMatch(/\n\s+at |node_modules|\.ts:\d/);
          if (request.method === 'HEAD') return expect([status < 500 || status === 503, text]).toEqual([true, '']);
          const body: unknown = status < 400 ? null : JSON.parse(text);
          if (isOfNoRoute(status, body)) return;
          expect([text, Object.keys(responses)]).toEqual([text, expect.arrayContaining([String(status)])]);
          if (status < 400) return;
          const type = String(headers['content-type']).split(';')[0] ?? '';
          // A source of prices may be away: nobody gave one. PostgreSQL and Redis are there.
          const isAway = status === 503 && !/PostgreSQL|Redis/.test(text);
          expect([status, text]).toEqual([status < 500 || isAway ? status : 'below 500', text]);
          expect([text, Object.keys(responses[status]?.content ?? {})]).toEqual([text, [type]]);
          if (type === 'application/problem+json')
            expect(body).toMatchObject({ status, code: expect.any(String), requestId: headers['x-request-id'] });
          else expect(body).toEqual({ detail: expect.anything() });
        }),
        { seed, numRuns: runs, endOnFailure: false },
      );
    },
  );
});

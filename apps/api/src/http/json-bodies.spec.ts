import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify';
import { readJsonBodies } from './json-bodies';

describe('a server whose bodies are JSON', () => {
  let server: FastifyInstance;
  beforeAll(() => {
    server = Fastify();
    readJsonBodies(server);
    server.setErrorHandler((error: Error & { statusCode?: number; status?: number }, _request, reply) =>
      reply.status(error.status ?? error.statusCode ?? 500).send(),
    );
    server.post('/', async ({ body }) => ({ body: body ?? 'nothing' }));
  });
  afterAll(() => server.close());

  const post = async (payload: InjectOptions['payload'], headers: Record<string, string> = {}) => {
    const json = { 'content-type': 'application/json' };
    const answer = await server.inject({
      method: 'POST',
      url: '/',
      headers: { ...json, ...headers },
      payload: payload!,
    });
    return answer.statusCode === 200 ? answer.json().body : answer.statusCode;
  };

  it.each([
    ['an object', '{"a":"é\u{1f680}"}', { a: 'é\u{1f680}' }],
    ['a byte order mark before it', '\ufeff{"a":1}', { a: 1 }],
    ['nothing', '', 'nothing'],
  ])('takes %s', async (_what, payload, body) => expect(await post(payload)).toEqual(body));

  it.each(['application/json; charset=utf-8', 'APPLICATION/JSON'])('takes the type %s', async (type) =>
    expect(await post('{}', { 'content-type': type })).toEqual({}),
  );

  it('takes no body of another type, unless it is empty', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x', 'a/b'])
      expect([await post('a=b', { 'content-type': type }), await post('', { 'content-type': type })]).toEqual([
        ...[415, 'nothing'],
      ]);
  });

  it.each([
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xe9, 0x22]), {}, 400],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le'), {}, 400],
    ['what is no JSON', '{"a":NaN}', {}, 400],
    ['a name that changes what objects are', '{"__proto__":{"a":1}}', {}, 400],
    ['what is compressed', '{}', { 'content-encoding': 'gzip' }, 415],
  ])('refuses %s', async (_what, payload, headers, status) => expect(await post(payload, headers)).toBe(status));

  it('takes what says that it is not compressed', async () => {
    expect(await post('{}', { 'content-encoding': 'Identity' })).toEqual({});
  });
});

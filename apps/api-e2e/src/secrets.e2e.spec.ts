import { ApiKeys, parseApiKey, Postgres } from '@sluice/postgres';
import { freshDatabase, startRedis, type FreshDatabase, type OwnRedis } from '@sluice/testing';
import { ApiProcess } from './api-process';

const DATABASE_PASSWORD = 'hunter2-of-the-database';
const REDIS_PASSWORD = 'hunter2-of-redis';

describe('a session with keys and passwords', () => {
  let database: FreshDatabase;
  let redis: OwnRedis;
  const secrets: string[] = [DATABASE_PASSWORD, REDIS_PASSWORD];
  const answers: string[] = [];
  let output: string;

  beforeAll(async () => {
    [database, redis] = await Promise.all([freshDatabase(), startRedis({ settings: { requirepass: REDIS_PASSWORD } })]);
    const postgres = new Postgres({ url: database.url });
    const keys = new ApiKeys(postgres);
    const made = await keys.create('reader', ['read'], null);
    const revoked = await keys.create('revoked', ['read'], null);
    await keys.revoke(revoked.key.id);
    secrets.push(...[made, revoked].map(({ text }) => parseApiKey(text)!.secret));

    const url = new URL(database.url);
    url.password = DATABASE_PASSWORD; // The server trusts whoever connects; what counts is who repeats it.
    const withPassword = new URL(redis.url);
    withPassword.password = REDIS_PASSWORD;
    const api = await ApiProcess.start({
      ...{ DATABASE_URL: url.href, REDIS_URL: withPassword.href, API_AUTH: 'keys', LOG_LEVEL: 'debug' },
    });
    const ask = async (target: string, headers: Record<string, string>) => {
      const { text, headers: answered } = await api.get(target, headers);
      answers.push(text, JSON.stringify([...answered]));
    };
    await exchange(ask, made.text, revoked.text);
    await redis.kill();
    await ask('/v1/top-picks/status', { 'x-api-key': made.text });
    await ask('/health', { 'x-api-key': made.text });
    const { stdout, stderr } = await api.stop();
    output = stdout + stderr;
    await postgres.close();
  });
  afterAll(() => Promise.all([database.drop(), redis.stop()]));

  it('leaves no secret in the log, at any level', () => {
    expect(output).toContain('"message":"answered"');
    for (const secret of secrets) expect(output).not.toContain(secret);
  });

  it('repeats no secret in answers, errors, headers or the OpenAPI document', () => {
    expect(answers.join('\n')).toContain('"openapi"');
    for (const secret of secrets) expect(answers.join('\n')).not.toContain(secret);
  });
});

type Ask = (target: string, headers: Record<string, string>) => Promise<void>;

/** What goes well, what is refused, and a key where none belongs. */
async function exchange(ask: Ask, good: string, revoked: string): Promise<void> {
  for (const target of ['/v1/top-picks/status', '/health', '/metrics', '/nothing', '/v1/admin/caches', '/openapi.json'])
    await ask(target, { authorization: `Bearer ${good}` });
  await ask('/v1/top-picks/status', { 'x-api-key': revoked });
  await ask('/v1/top-picks/status', { authorization: `Basic ${Buffer.from(`a:${good}`).toString('base64')}` });
  await ask(`/v1/top-picks/status?api_key=${good}`, {});
  await ask('/v1/performance/alpha/dataset?limit=x', { 'x-api-key': good });
}

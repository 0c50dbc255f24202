import { loadSettings, requireDatabaseUrl } from '@sluice/config';
import { until } from '@sluice/testing';
import { tradingDomains } from '@sluice/trading-legacy';
import { ApiWithDomains } from '../domains/running-api.fixture';
import { CutoverReader } from './cutover-reader';

let api: ApiWithDomains;
beforeAll(async () => {
  api = await ApiWithDomains.start();
});
afterAll(() => api.stop());

it('says where each domain is and what is missing, and changes nothing', async () => {
  await api.move('legacy', ['runs']);
  const { status, body } = await api.get('/v1/admin/cutover');
  expect(status).toBe(200);
  const runs = body.find(({ domain }: { domain: string }) => domain === 'runs');
  expect(runs).toMatchObject({
    ...{ mode: 'legacy', epoch: '1', changedBy: 'a test', canRollBack: false },
    next: { to: 'dual', command: 'sluice cutover advance --domain runs --to dual --by NAME' },
  });
  const gates = new Map(runs.next.gates.map((gate: { gate: string }) => [gate.gate, gate]));
  expect(gates.get('schema')).toMatchObject({ passed: true, remedy: null });
  expect(gates.get('copy')).toEqual({
    ...{ gate: 'copy', passed: false, evidence: 'not migrated: top_picks_runs', remedy: 'Run `sluice migrate`.' },
  });
  expect(body.map(({ mode }: { mode: string | null }) => mode)).toEqual([null, null, 'legacy', null, null]);
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
    expect((await api.ask(method, '/v1/admin/cutover')).status).toBe(404);
});

it('says of every domain that the audit log was changed', async () => {
  const brokenOf = async () => (await api.get('/v1/admin/cutover')).body.map((one: { brokenAudit: unknown }) => one.brokenAudit); // prettier-ignore
  expect(await brokenOf()).toEqual([[], [], [], [], []]);
  await api.client.query(`UPDATE migration_audit SET actor = 'nobody' WHERE seq = 1`);
  expect(await brokenOf()).toEqual([['1'], ['1'], ['1'], ['1'], ['1']]);
});

it('looks once for all who ask at the same time', async () => {
  const databaseUrl = requireDatabaseUrl(loadSettings({ DATABASE_URL: api.database.url }));
  let asked = 0;
  const read = () => Promise.resolve({ applied: [String(++asked)], pending: [], failed: [], changed: [], unknown: [] });
  const reader = new CutoverReader({ databaseUrl, redisUrl: undefined, corpusRedisUrl: undefined }, { read });
  const looks = await Promise.all(Array.from({ length: 20 }, () => reader.read()));
  expect([new Set(looks).size, asked]).toEqual([1, tradingDomains.length]);
  await reader.read();
  expect(asked).toBe(2 * tradingDomains.length);
});

it('gives an answer while a table is locked, and the right one when it is not any more', async () => {
  const databaseUrl = requireDatabaseUrl(loadSettings({ DATABASE_URL: api.database.url }));
  const history = {
    read: () => Promise.resolve({ applied: ['1'], pending: [], failed: [], changed: [], unknown: [] }),
  };
  const reader = new CutoverReader({ databaseUrl, redisUrl: undefined, corpusRedisUrl: undefined }, history, 300);
  await until(() => reader.read(), { failureIsNo: true });
  await api.client.query('BEGIN; LOCK TABLE migration_domains IN ACCESS EXCLUSIVE MODE');
  const looks = await Promise.allSettled([reader.read(), reader.read()]);
  await api.client.query('COMMIT');
  for (const look of looks) expect(look).toMatchObject({ status: 'rejected', reason: { kind: 'unavailable' } });
  await until(() => reader.read(), { failureIsNo: true });
});

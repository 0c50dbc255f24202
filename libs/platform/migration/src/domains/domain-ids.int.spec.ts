import { FollowBench, outcomes, picks, runs } from '../follow/follow.fixture';
import type { Domain, Mode } from './domain';
import { idsLeft, moveDomains, renewIds } from './domain-ids';

let bench: FollowBench;
beforeEach(async () => {
  bench = await FollowBench.open();
  await bench.ready(`INSERT INTO runs (name, made_at) VALUES ('a', '2026-11-01 00:00:00'), ('b', '2026-11-02 00:00:00');
    DELETE FROM runs WHERE name = 'b'`);
});
afterEach(() => bench.close());

const domain: Domain = { name: 'all', tables: [runs, picks, outcomes] };
const move = (from: Mode | null, to: Mode, within?: () => Promise<void>): Promise<void> =>
  moveDomains(bench.client, [{ domain, from, to, actor: 'a test', reason: '-' }], () => bench.file, within);

const ofApi = async (name: string): Promise<number> =>
  Number((await bench.rows(`INSERT INTO runs (name, made_at) VALUES ('${name}', now()) RETURNING id`))[0]![0]);
const ofLegacy = (name: string): number =>
  bench.legacy.run(`INSERT INTO runs (name, made_at) VALUES (?, '2026-11-01 00:00:00')`, name);

it('both sides give out ids of their own, above every one that was ever used', async () => {
  await move(null, 'dual');
  expect([await ofApi('x'), ofLegacy('y'), await ofApi('z'), ofLegacy('w')]).toEqual([3, 1_000_003, 4, 1_000_004]);
});

it('who was interrupted between the file and PostgreSQL takes up the same ids', async () => {
  const stop = (): Promise<void> => Promise.reject(new Error('killed'));
  await expect(move(null, 'dual', stop)).rejects.toThrow('killed');
  expect(ofLegacy('between')).toBe(1_000_003);
  await expect(move(null, 'dual', stop)).rejects.toThrow('killed');
  await move(null, 'dual');
  expect([await ofApi('x'), ofLegacy('y')]).toEqual([3, 1_000_004]);
});

it('says so where no block is left below the greatest id that there is', async () => {
  bench.legacy.exec(`INSERT INTO runs (id, name, made_at) VALUES (9223372036854775000, 'edge', '2026-11-01 00:00:00')`);
  await expect(move(null, 'dual')).rejects.toMatchObject({ code: 'DOMAIN_IDS_EXHAUSTED' });
  expect(await bench.rows('SELECT 1 FROM migration_domains')).toEqual([]);
});

it('has no ids left at the end of the block, and gets the next one before that', async () => {
  await move(null, 'dual');
  await bench.client.query(`SELECT setval('runs_id_seq', 1000001)`);
  expect([await idsLeft(bench.client, runs), await ofApi('the last')]).toEqual([1n, 1_000_002]);
  await expect(ofApi('one more')).rejects.toThrow('reached maximum value');
  expect(ofLegacy('y')).toBe(1_000_003);
  expect(await renewIds(bench.client, domain.name, runs, bench.file)).toBe(true);
  expect(await renewIds(bench.client, domain.name, runs, bench.file)).toBe(false);
  expect([await ofApi('x'), ofLegacy('w')]).toEqual([1_000_004, 2_000_004]);
});

it('goes on above what the legacy program has given out to the last', async () => {
  await move(null, 'dual');
  ofLegacy('y');
  const late = (): Promise<void> => {
    ofLegacy('late');
    bench.legacy.exec(`DELETE FROM runs WHERE name = 'late'`);
    return Promise.resolve();
  };
  const change = { domain, from: 'dual', to: 'legacy', actor: 'a test', reason: '-' } as const;
  await moveDomains(bench.client, [change], () => bench.file, undefined, late);
  expect(await bench.rows(`SELECT nextval('runs_id_seq')`)).toEqual([['1000005']]);
});

it('goes on above all of it when the domain is of one side again, and two-way once more', async () => {
  await move(null, 'dual');
  await ofApi('x');
  ofLegacy('y');
  await move('dual', 'cutover');
  expect(await ofApi('still of the block')).toBe(4);
  await move('cutover', 'legacy');
  await move('legacy', 'dual');
  expect([await ofApi('z'), ofLegacy('w')]).toEqual([1_000_004, 2_000_004]);
  await move('dual', 'new');
  expect(await ofApi('alone')).toBe(2_000_005);
});

import { json } from '../codec/json';
import { CALL_LIMIT_MS, NO_FAULTS, SimulatedServer } from '../testing/faulty-tier2';
import { ManualScheduler } from '../testing/manual-scheduler';
import { SeededRandom } from '../testing/seeded-random';
import { CEILING_MS, declarationOf, SimulatedNode, type SimulatedDeclaration } from '../testing/simulated-node';
import type { SimulatedValue } from '../testing/simulated-truth';
import { CountedLoader } from './node.fixture';

/** What the simulation found once, each in the smallest form: seeds move with every change of the simulation. */
const OLD = { v: 1 };
const NEW = { v: 2 };
const HOUR_MS = 3_600_000;

let clock: ManualScheduler;
let server: SimulatedServer;
/** Keys that the server changed. */
let changed: string[];

beforeEach(() => {
  clock = new ManualScheduler();
  changed = [];
  server = new SimulatedServer(clock, new SeededRandom(1), (keys) => void changed.push(...keys));
});

/** A process with one cache, whose links are as fast as can be. */
async function aNode(name: string, over: Partial<SimulatedDeclaration> = {}): Promise<SimulatedNode> {
  const usual = { ...declarationOf(new SeededRandom(1)), graceMs: 0, refreshAheadMs: 0, staleWhileRevalidate: false };
  const own = {
    ...usual,
    tags: undefined,
    jitter: 0,
    negativeMs: HOUR_MS,
    fresh: { freshForMs: () => HOUR_MS, says: '1 h' },
    ...over,
  };
  const { tags, ...declaration } = own;
  const node = new SimulatedNode(name, clock, server, new SeededRandom(1), {
    ...declaration,
    ...(tags ? { tags } : {}),
  });
  void node.engine.start();
  await clock.advance(1_100);
  return node;
}

const isCut = (node: SimulatedNode, is: boolean) => (node.link.faults = { ...NO_FAULTS, isCut: is });
const held = (value: unknown) => new CountedLoader(value).hold();
const loaderOf = (loader: CountedLoader) => loader.load as () => Promise<SimulatedValue>;
async function fails(): Promise<never> {
  throw new Error('no source');
}
/** What becomes of it within so many milliseconds. */
async function after<T>(ms: number, work: Promise<T>): Promise<T | string> {
  const outcome: { is: T | string } = { is: 'nothing yet' };
  work.then((value) => (outcome.is = value), (error: unknown) => (outcome.is = String(error))); // prettier-ignore
  await clock.advance(ms);
  return outcome.is;
}

it('counts no gap at the first look: nothing can have been missed before it', async () => {
  const one = await aNode('one');
  await after(10, one.cache.set('k', OLD));
  const other = await aNode('other');
  expect(other.cache.space.counters.gaps).toBe(0);
  expect(other.cache.space.state).not.toBeNull();
});

it('counts no gap where a cache was cleared, here or elsewhere: nothing before it matters any more', async () => {
  const [one, other] = [await aNode('one'), await aNode('other')];
  await after(10, one.cache.set('k', OLD));
  for (let i = 0; i < 3; i++) await after(10, one.cache.clear());
  await after(2_000, one.cache.set('k', OLD));
  expect([one, other].map(({ cache }) => cache.space.counters.gaps)).toEqual([0, 0]);
});

it('shows the mistake of a codec, and does not take it for a corrupt payload', async () => {
  const broken = { ...json<SimulatedValue>(), decode: () => { throw new TypeError('a mistake'); } }; // prettier-ignore
  const [writer, node] = [await aNode('writer'), await aNode('node', { store: broken })];
  await after(10, writer.cache.set('k', OLD));
  expect(await after(10, node.cache.get('k'))).toBe('TypeError: a mistake');
  expect(await after(10, node.cache.getOrLoad('k', fails))).toBe('TypeError: a mistake');
  expect(node.cache.space.counters.corrupt).toBe(0);
});

it('joins no flight that may answer with what was invalidated, unheard, longer ago than the ceiling', async () => {
  const node = await aNode('node');
  isCut(node, true);
  const first = held(OLD);
  const early = node.cache.getOrLoad('k', loaderOf(first));
  await clock.advance(CEILING_MS + 100);
  const second = new CountedLoader(NEW);
  expect(await after(2 * CALL_LIMIT_MS, node.cache.getOrLoad('k', loaderOf(second)))).toEqual(NEW);
  const third = new CountedLoader(NEW);
  expect(await after(2 * CALL_LIMIT_MS, node.cache.getOrLoadMany(['k'], async () => [(await third.load()) as SimulatedValue]))).toEqual([NEW]); // prettier-ignore
  first.release();
  expect([await after(10, early), first.runs, second.runs]).toEqual([OLD, 1, 1]);
});

it.each([
  [0, 'Error: no source'],
  [1_000, OLD],
])('serves its memory past the ceiling only for the grace (%i ms)', async (graceMs, expected) => {
  const node = await aNode('node', { graceMs });
  await after(10, node.cache.set('k', OLD));
  isCut(node, true);
  await clock.advance(CEILING_MS + 500);
  expect(await after(2 * CALL_LIMIT_MS, node.cache.getOrLoad('k', fails))).toEqual(expected);
  await clock.advance(graceMs);
  expect(await after(2 * CALL_LIMIT_MS, node.cache.getOrLoad('k', fails))).toMatch(/no source|tried again in a moment/);
});

it('takes from another load nothing that this process knows to be old', async () => {
  const [other, node] = [await aNode('other'), await aNode('node')];
  const loader = held(OLD);
  const loading = other.cache.getOrLoad('k', loaderOf(loader));
  await clock.advance(20);
  const waiting = node.cache.getOrLoad('k', () => NEW);
  await clock.advance(20);
  node.engine.link.queue(node.cache.space, [node.cache.idOf('k')]);
  loader.release();
  expect(await after(100, loading)).toEqual(OLD);
  expect(await after(0, waiting)).toEqual(NEW);
});

it('gives back a right to load that comes while it refreshes already', async () => {
  const over = { graceMs: HOUR_MS, staleWhileRevalidate: true, tier1: false };
  const [node, other] = [await aNode('node', over), await aNode('other', over)];
  await after(10, node.cache.set('k', OLD));
  const refresh = held(NEW);
  for (let i = 0; i < 2; i++) {
    await after(10, node.cache.expire(['k'])); // It takes the lease of the refresh away.
    expect(await after(10, node.cache.getOrLoad('k', loaderOf(refresh)))).toEqual(OLD);
  }
  const own = new CountedLoader(NEW);
  await after(50, other.cache.getOrLoad('k', loaderOf(own)));
  expect([refresh.runs, own.runs]).toEqual([1, 1]);
});

it.each([
  ['cut off', (node: SimulatedNode) => isCut(node, true), true],
  ['full', () => (server.refuses = 'oom'), true],
  ['full, without a memory', () => (server.refuses = 'oom'), false],
] as const)(
  'does not wait for a load where the policy says so and the shared tier is %s',
  async (_how, harm, tier1) => {
    const fresh = { freshForMs: () => 2_000, says: '2 s' };
    const node = await aNode('node', {
      fresh,
      graceMs: HOUR_MS,
      staleWhileRevalidate: true,
      loaderSoftMs: 60_000,
      tier1,
    });
    await after(10, node.cache.set('k', OLD));
    await clock.advance(1_990);
    harm(node);
    await clock.advance(10);
    const loader = held(NEW);
    const calls = 20;
    for (let i = 0; i < calls; i++) expect(await after(60, node.cache.getOrLoad('k', loaderOf(loader)))).toEqual(OLD);
    await clock.advance(CALL_LIMIT_MS);
    expect(loader.runs).toBe(1);
    loader.release();
    await clock.advance(10);
    if (tier1) expect(await after(0, node.cache.getOrLoad('k', fails))).toEqual(NEW);
  },
);

it('lets a key that cannot be loaded take no other of its batch with it', async () => {
  const node = await aNode('node', { backoffMs: 60_000 });
  expect(await after(20, node.cache.getOrLoad('bad', fails))).toBe('Error: no source');
  const many = after(
    20,
    node.cache.getOrLoadMany(['bad', 'good'], async (keys) => keys.map(() => NEW)),
  );
  const good = node.cache.getOrLoad('good', fails);
  expect(await many).toMatch(/tried again in a moment/);
  expect(await after(0, good)).toEqual(NEW);
});

it('delivers again what is queued while it is delivered', async () => {
  const node = await aNode('node');
  const { link } = node.engine;
  const { space } = node.cache;
  link.queue(space, ['sim:k', 'sim:l']);
  const draining = link.drain();
  link.queue(space, ['sim:k']);
  await after(20, draining);
  expect([changed, link.pendingKeys]).toEqual([['sim:k', 'sim:l', 'sim:k'], 0]);
});

it.each([false, true])(
  'delivers nothing that this process has written anew (while it is written: %p)',
  async (isMeanwhile) => {
    const node = await aNode('node', { tier1: false });
    const { link } = node.engine;
    link.queue(node.cache.space, ['sim:k', 'sim:l']);
    const writing = node.cache.set('k', NEW);
    if (!isMeanwhile) await after(10, writing);
    await after(20, node.engine.look());
    expect(await after(10, writing)).toMatchObject({ tier2: 'written' });
    await after(20, node.engine.look());
    expect(await after(10, node.cache.get('k'))).toEqual(NEW);
    expect([changed, link.pendingKeys]).toEqual([['sim:k', 'sim:l'], 0]);
  },
);

it('still delivers what waits for an entry that is only expired', async () => {
  const node = await aNode('node', { tier1: false, graceMs: HOUR_MS });
  await after(10, node.cache.set('k', OLD));
  node.engine.link.queue(node.cache.space, ['sim:k']);
  await after(10, node.cache.expire(['k']));
  expect(node.engine.link.pendingKeys).toBe(1);
});

it.each([
  ['one key', ['sim:k']],
  ['everything', '*'],
] as const)('hears its own late delivery of %s', async (_what, ids) => {
  const node = await aNode('node');
  await after(10, node.cache.set('k', OLD));
  node.engine.link.queue(node.cache.space, ids);
  await after(100, node.engine.look());
  expect(node.engine.link.pendingKeys).toBe(0);
  expect(await after(20, node.cache.get('k'))).toBeUndefined();
});

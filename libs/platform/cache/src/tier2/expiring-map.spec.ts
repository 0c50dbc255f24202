import { ExpiringMap } from './expiring-map';

const PER_ENTRY = 204;
let nowMs: number;
const aMap = (over: { maxEntries?: number; maxBytes?: number } = {}) =>
  new ExpiringMap<string>(
    () => nowMs,
    { maxEntries: 1_000, maxBytes: 1_000_000, ...over },
    ({ length }) => length,
  );

beforeEach(() => void (nowMs = 0));

it('holds a value until its end', () => {
  const map = aMap();
  map.set('k1', 'v', 10);
  nowMs = 4;
  expect([map.get('k1'), map.lifeMs('k1'), map.keys()]).toEqual(['v', 6, ['k1']]);
  nowMs = 10;
  expect([map.keys(), map.get('k1'), map.lifeMs('k1'), map.sizeBytes]).toEqual([[], undefined, 0, 0]);
});

it('lets go of what has ended although nobody asks for it', () => {
  const map = aMap();
  for (let i = 0; i < 500; i++) {
    map.set(`k${i}`, 'v'.repeat(1_000), 1);
    nowMs += 1;
    expect(map.sizeBytes).toBeLessThan(10 * 1_300);
  }
});

it('finds what has ended among what has not', () => {
  const map = aMap();
  for (let i = 0; i < 200; i++) map.set(`k${i}`, 'v', i % 2 === 0 ? 1 : 1_000);
  nowMs = 1;
  for (let i = 0; i < 30; i++) map.set('k1', 'v', 1_000);
  expect(map.sizeBytes).toBeLessThan(101 * (PER_ENTRY + 5));
  expect(map.keys()).toHaveLength(100);
});

it('is bounded by bytes: what was written longest ago goes first', () => {
  const map = aMap({ maxBytes: 3 * (PER_ENTRY + 10) });
  for (const key of ['k1', 'k2', 'k3', 'k1', 'k4']) map.set(key, 'v'.repeat(10), 10);
  expect([map.keys(), map.sizeBytes]).toEqual([['k3', 'k1', 'k4'], 3 * (PER_ENTRY + 10)]);
  map.set('k5', 'v'.repeat(10_000), 10);
  expect([map.keys(), map.sizeBytes]).toEqual([[], 0]);
});

it('is bounded by entries', () => {
  const map = aMap({ maxEntries: 2 });
  for (const key of ['k1', 'k2', 'k1', 'k3']) map.set(key, 'v', 10);
  expect(map.keys()).toEqual(['k1', 'k3']);
});

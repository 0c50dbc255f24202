import { LoadGate } from './load-gate';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** So many works in a gate, each of which runs until it is released. */
function gated(limit: () => number, count: number) {
  const gate = new LoadGate(limit);
  const releases: (() => void)[] = [];
  const order: number[] = [];
  for (let i = 0; i < count; i++)
    void gate.run(() => {
      order.push(i);
      return new Promise<void>((resolve) => releases.push(resolve));
    });
  return { order, finish: async () => (releases.shift()?.(), turn()) };
}

it('lets the next through in the order in which they came', async () => {
  const { order, finish } = gated(() => 2, 4);
  await turn();
  expect(order).toEqual([0, 1]);
  await finish();
  expect(order).toEqual([0, 1, 2]);
});

it('lets no more through than a limit that was lowered while others waited', async () => {
  let limit = 3;
  const { order, finish } = gated(() => limit, 6);
  await turn();
  limit = 1;
  await finish();
  await finish();
  expect(order).toEqual([0, 1, 2]);
  await finish();
  expect(order).toEqual([0, 1, 2, 3]);
});

it('fills a limit that was raised as soon as one ends, and goes on after a failure', async () => {
  let limit = 1;
  const { order, finish } = gated(() => limit, 4);
  await turn();
  limit = 3;
  await finish();
  expect(order).toEqual([0, 1, 2, 3]);
  const gate = new LoadGate(() => 1);
  await expect(gate.run(() => Promise.reject(new Error('no source')))).rejects.toThrow('no source');
  expect(await gate.run(async () => 1)).toBe(1);
});

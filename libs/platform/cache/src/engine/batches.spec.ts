import { inBatches } from './batches';

const sizes = async (items: readonly number[], bytesOf?: (item: number) => number): Promise<number[]> => {
  const seen: number[] = [];
  const work = async (batch: readonly number[]) => {
    seen.push(batch.length);
    return batch.map((item) => -item);
  };
  expect(await inBatches(items, work, bytesOf)).toEqual(items.map((item) => -item));
  return seen;
};
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

it('makes batches of 500, in the order of the items', async () => {
  expect(await sizes(numbers(1_001))).toEqual([500, 500, 1]);
  expect([await sizes(numbers(500)), await sizes([])]).toEqual([[500], []]);
});

it('makes them smaller where the items are large, and leaves a huge one alone', async () => {
  expect(await sizes(numbers(5), () => 400_000)).toEqual([2, 2, 1]);
  expect(await sizes([1, 2, 3], (item) => (item === 2 ? 9_000_000 : 1))).toEqual([1, 1, 1]);
});

it('begins no batch before the last one is done, and none after one that failed', async () => {
  const begun: number[] = [];
  const work = async (batch: readonly number[]) => {
    begun.push(batch[0]!);
    if (batch[0] === 501) throw new Error('no more');
    return [];
  };
  await expect(inBatches(numbers(2_000), work)).rejects.toThrow('no more');
  expect(begun).toEqual([1, 501]);
});

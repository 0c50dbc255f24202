import { ReadBatches } from './read-batches';
import type { ReadEntry, ReadRequest } from './tier2';

const space = { name: 'quotes', kind: 'text' } as const;
const entryOf = (payload: string): ReadEntry => ({ payload, lifeMs: 1, lease: 'none', ticket: null });

it('joins the reads of one turn, but none with tags and one without: what each key must be compared with', async () => {
  const sent: ReadRequest[] = [];
  const batches = new ReadBatches(async (request) => {
    sent.push(request);
    return request.keys.map((key, i) => entryOf(`${key} ${request.tags?.[i]?.join() ?? 'untagged'}`));
  });
  const read = (key: string, tags?: readonly string[]) => batches.read({ space, keys: [key], tags: tags && [tags] });
  const found = await Promise.all([read('A'), read('B', ['b']), read('C'), read('D', ['d'])]);
  expect(found.flat().map(({ payload }) => payload)).toEqual(['A untagged', 'B b', 'C untagged', 'D d']);
  expect(sent.map(({ keys }) => keys)).toEqual([['A', 'C'], ['B', 'D']]); // prettier-ignore
});

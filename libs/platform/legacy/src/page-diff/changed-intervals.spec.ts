import { changedIntervals } from './changed-intervals';
import { HASH_BYTES, patched, StampBuilder, Stamps, type Patch } from './stamps';
import type { TableStamps } from './stamp-table';

const hash = (name: string): string => name.repeat(HASH_BYTES);

/** `10a 20b c`: one leaf of content a up to key 10, one of b up to 20, and the last of c. */
function stamps(text: string): Stamps {
  const built = new StampBuilder();
  for (const { upTo, hash } of parts(text)) built.add(upTo, hash);
  return built.finish();
}

const parts = (text: string) =>
  text.split(' ').map((part) => ({
    upTo: /\d/.test(part) ? BigInt(part.replace(/[a-z]+$/, '')) : null,
    hash: hash(part.replace(/^-?\d+/, '')),
  }));

const told = (list: Stamps): string =>
  Array.from({ length: list.count }, (_, i) => `${list.upTo(i) ?? ''}${list.hash(i).slice(0, 1)}`).join(' ');

const table = (text: string, shape = 'leaves'): TableStamps => ({ shape, stamps: stamps(text) });
const changed = (before: string, after: string): string[] =>
  changedIntervals(table(before), table(after)).map(({ after: from, to }) => `${from ?? ''}-${to ?? ''}`);

describe('changedIntervals', () => {
  it.each([
    ['nothing', '10a 20b c', '10a 20b c', []],
    ['a leaf in the middle', '10a 20b c', '10a 20x c', ['10-20']],
    ['the first leaf', '10a 20b c', '10x 20b c', ['-10']],
    ['the last leaf', '10a 20b c', '10a 20b x', ['20-']],
    ['two neighbours, as one interval', '10a 20b 30c d', '10a 20x 30y d', ['10-30']],
    ['two that lie apart', '10a 20b 30c d', '10x 20b 30y d', ['-10', '20-30']],
    ['a leaf that was split', '10a 20b c', '10a 14x 20y c', ['10-20']],
    ['leaves that were merged', '10a 20b 30c d', '10a 30x d', ['10-30']],
    ['rows that moved to the next leaf', '10a 20b c', '10a 16x y', ['10-']],
    ['rows behind the last leaf', '10a b', '10a 20b c', ['20-']],
    ['a leaf that was emptied: its neighbour has the same bytes', '10a 20b 30c d', '10a 30c d', ['10-20']],
    ['a leaf between two that stayed', '10a 30c d', '10a 20b 30c d', ['10-20']],
    ['a table that was emptied', '10a 20b c', 'e', ['-']],
    ['a table that was filled', 'e', '10a 20b c', ['-']],
    ['a bound that moved without the leaf', '10a c', '12a c', ['10-12']],
  ])('finds %s', (_what, before, after, expected) => {
    expect(changed(before, after)).toEqual(expected);
  });

  it('takes everything for changed where nothing is known, also twice', () => {
    const unknown = { shape: 'leaves', stamps: Stamps.unknown };
    const everything = [{ after: null, to: null }];
    expect(changedIntervals(unknown, table('10a b'))).toEqual(everything);
    expect(changedIntervals(unknown, unknown)).toEqual(everything);
    expect(changedIntervals(null, table('10a b'))).toEqual(everything);
  });

  it('takes everything for changed where the table was declared anew', () => {
    expect(changedIntervals(table('10a b', 'old'), table('10a b', 'new'))).toEqual([{ after: null, to: null }]);
  });
});

describe('patched', () => {
  const patch = (after: bigint | null, to: bigint | null, text: string): Patch => ({ after, to, stamps: parts(text) });

  it.each([
    ['in the middle of a stamp', '10a 20b c', [patch(12n, 15n, '15x')], '10a 12b 15x 20b c'],
    ['over several stamps', '10a 20b 30c d', [patch(5n, 25n, '8x 25y')], '5a 8x 25y 30c d'],
    ['from the first key', '10a 20b c', [patch(null, 10n, '4x 10y')], '4x 10y 20b c'],
    ['to the last key', '10a 20b c', [patch(10n, null, '15x y')], '10a 15x y'],
    ['everywhere', '10a b', [patch(null, null, '15x y')], '15x y'],
    ['twice, side by side', '10a 20b c', [patch(2n, 10n, '10x'), patch(10n, 15n, '15y')], '2a 10x 15y 20b c'],
    ['twice, apart', '10a 20b 30c d', [patch(null, 10n, '10x'), patch(20n, 30n, '30y')], '10x 20b 30y d'],
    [
      'twice within one stamp',
      '10a 90b c',
      [patch(20n, 30n, '30x'), patch(40n, 50n, '50y')],
      '10a 20b 30x 40b 50y 90b c',
    ],
    ['nowhere', '10a 20b c', [], '10a 20b c'],
  ])('replaces stamps %s', (_where, before, patches, expected) => {
    expect(told(patched(stamps(before), patches))).toBe(expected);
  });

  it('makes one stamp of neighbours with the same content', () => {
    expect(told(patched(stamps('10a 20b c'), [patch(null, 10n, '10b')]))).toBe('20b c');
  });
});

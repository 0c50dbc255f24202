import { copyLine, copyPieces, toChunks } from './copy-in';

it('writes a row as a line of COPY text', () => {
  expect(copyLine(['a\tb', null, 'c\\d\r\n', ''])).toBe('a\\tb\t\\N\tc\\\\d\\r\\n\t\n');
});

it.each([
  ['of plain letters', 'x'.repeat(400_000)],
  ['with what has to be escaped at every place', '\t\\'.repeat(200_000)],
  ['of surrogate pairs from an even place', '\u{1f600}'.repeat(200_000)],
  ['of surrogate pairs from an odd place', `x${'\u{1f600}'.repeat(200_000)}`],
])('cuts a long value %s into pieces that read as the whole', (_what, long) => {
  const pieces = [...copyPieces(['before', long, 'behind'])];
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(300_000);
  expect(pieces.length).toBeGreaterThan(3);
  const escaped = long.replaceAll('\\', '\\\\').replaceAll('\t', '\\t');
  const bytes = Buffer.concat([...toChunks(pieces)]);
  expect(bytes.equals(Buffer.from(`before\t${escaped}\tbehind\n`))).toBe(true);
});

import { setBatches } from './set-batch';

const respOf = (...parts: readonly string[]): string =>
  `*${parts.length}\r\n` + parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('');

it('writes commands by the bytes of their arguments', () => {
  const entries = [
    { key: 'clé', value: '🎲\r\n$5', ttlMs: 1_000 },
    { key: 'b', value: '', ttlMs: 1 },
  ];
  const [batch] = setBatches(entries, '');
  expect(batch?.commands).toBe(2);
  expect(String(batch?.bytes)).toBe(respOf('SET', 'clé', '🎲\r\n$5', 'PX', '1000') + respOf('SET', 'b', '', 'PX', '1'));
});

it('asks for what is absent only', () => {
  const [batch] = setBatches([{ key: 'k', value: 'v', ttlMs: Number.MAX_SAFE_INTEGER }], 'NX');
  expect(String(batch?.bytes)).toBe(respOf('SET', 'k', 'v', 'PX', '9007199254740991', 'NX'));
});

it.each([
  ['commands', 1_203, 1, [500, 500, 203]],
  ['bytes', 5, 400_000, [2, 2, 1]],
  ['single entries', 3, 2_000_000, [1, 1, 1]],
])('bounds a batch by %s', (_what, count, valueBytes, sizes) => {
  const entries = Array.from({ length: count }, (_, i) => ({
    key: `k${i}`,
    value: 'é'.repeat(valueBytes / 2),
    ttlMs: 1,
  }));
  const batches = [...setBatches(entries, '')];
  expect(batches.map(({ commands }) => commands)).toEqual(sizes);
  const all = entries.map(({ key, value }) => respOf('SET', key, value, 'PX', '1')).join('');
  expect(Buffer.concat(batches.map(({ bytes }) => bytes)).equals(Buffer.from(all))).toBe(true);
});

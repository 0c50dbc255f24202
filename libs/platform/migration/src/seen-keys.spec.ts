import { SeenKeys } from './seen-keys';

let seen: SeenKeys;
beforeEach(() => {
  seen = new SeenKeys();
});
afterEach(() => seen.close());

it('knows a key again, and tells keys apart to the last byte', () => {
  const keys = ['a', 'A', 'a\0', '', 'é', 'e\u0301', '1', '1.0'];
  expect(keys.map((key) => seen.add(key))).toEqual(keys.map(() => true));
  expect(keys.map((key) => seen.add(key))).toEqual(keys.map(() => false));
  expect(seen.size).toBe(keys.length);
});

it('knows more keys than it keeps in memory', () => {
  const key = (i: number): string => `${'long'.repeat(100)}:${i}`;
  for (let i = 0; i < 20_000; i++) seen.add(key(i));
  expect([seen.size, seen.add(key(0)), seen.add(key(19_999)), seen.add(key(20_000))]).toEqual([
    20_000,
    false,
    false,
    true,
  ]);
});

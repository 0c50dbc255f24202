type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Values of every kind, the same ones for the same seed (mulberry32). Zeros have no minus: jsonb has none either. */
export function randomJson(seed: number): () => Json {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  const upTo = (top: number): number => Math.floor(next() * top);
  const character = (): string =>
    next() < 0.7 ? String.fromCodePoint(32 + upTo(95)) : ['\u0001', '\n', '"', '\\', '\u007f', '\u00e9', '\u20b9', '\ud83d\ude00', '\ufffd', '\u2028'][upTo(10)]!; // prettier-ignore
  const text = (): string => Array.from({ length: upTo(8) }, character).join('');
  const number = (): number => {
    const size = 10 ** (upTo(60) - 30);
    return [upTo(100), (next() - 0.5) * size, Math.round(next() * size), upTo(1000) / 8, next()][upTo(5)]! || 0;
  };
  const value = (depth: number): Json => {
    const kind = upTo(depth > 3 ? 4 : 6);
    if (kind === 0) return [null, true, false][upTo(3)]!;
    if (kind < 3) return number();
    if (kind === 3) return text();
    const length = upTo(5);
    if (kind === 4) return Array.from({ length }, () => value(depth + 1));
    return Object.fromEntries(Array.from({ length }, () => [text(), value(depth + 1)]));
  };
  return () => value(0);
}

import { contextMemoryKey } from './context-memory.key';
import { supportResistanceKey } from './support-resistance.entry';
import { topPicksLockKey } from './top-picks.lock';

it('spells the keys of the plan', () => {
  expect(contextMemoryKey('session', 'user 42/é😀')).toBe('context:memory:session:user 42/é😀');
  expect(contextMemoryKey('a:b%c', 'd:e%f g')).toBe('context:memory:a%3Ab%25c:d:e%f g');
  expect(supportResistanceKey('M&M.NS', 'W')).toBe('sr:M&M.NS:W');
  expect(topPicksLockKey({ universe: 'NIFTY50', mode: 'Intraday' })).toBe('lock:top_picks:nifty50:intraday');
});

it.each(['', 'a\ud800'])('refuses %j as a part', (part) => {
  const refusal = expect.objectContaining({ code: 'CACHE_KEY_INVALID' });
  expect(() => contextMemoryKey('type', part)).toThrow(refusal);
  expect(() => contextMemoryKey(part, 'key')).toThrow(refusal);
});

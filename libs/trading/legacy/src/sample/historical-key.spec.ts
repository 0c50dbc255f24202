import { historicalKey } from './historical-key';

it.each([
  ['1d', 'auto', 'TCS_1d_3b740e834452'],
  ['5m', 'auto', 'TCS_5m_1c8ffbe4eb41'],
  ['1d', 'yahoo', 'TCS_1d_1f66c5e49c0e'],
])('hashes the request for %s from %s as the legacy code does', (interval, source, key) => {
  const fromUs = Date.UTC(2026, 0, 1, 9, 15, 30) * 1000;
  const toUs = Date.UTC(2026, 0, 9, 15, 30) * 1000;
  expect(historicalKey({ symbol: 'TCS', fromUs, toUs, interval, source })).toBe(key);
});

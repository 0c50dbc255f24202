import { DomainError } from '@sluice/core';
import type { WarmOptions, WarmSources } from '@sluice/trading-caching';
import { Log } from '../log';
import { CacheWarmUp } from './cache-warm-up';

class AwayError extends DomainError {
  readonly code = 'AWAY';
  readonly kind = 'unavailable';
}
const progress = { name: 'picks:latest', total: 2, present: 0, loaded: 2, failed: 0, failure: null };

function aWarmUp(warm: (options: WarmOptions) => Promise<(typeof progress)[]>) {
  const listeners = new Set<() => void>();
  const lines: string[] = [];
  const engine = {
    onEmptied: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const caches = { warm: (_sources: WarmSources, options: WarmOptions = {}) => warm(options) };
  const log = new Log({ level: 'info', json: false }, (line) => lines.push(line));
  const warmUp = new CacheWarmUp({ engine, caches, sources: {} as WarmSources, log });
  warmUp.onApplicationBootstrap();
  return { warmUp, lines, empty: () => listeners.forEach((listener) => listener()), listeners };
}

it('fills once at a time, and says how it went', async () => {
  let runs = 0;
  const { warmUp, empty, lines } = aWarmUp(async () => {
    runs++;
    return [progress];
  });
  empty();
  empty();
  await warmUp.beforeApplicationShutdown();
  expect(runs).toBe(1);
  expect(lines.join('')).toMatch(/Redis came back empty.*a cache is filled again name=picks:latest total=2/s);
});

it('is ended by the end of the process, and hears nothing after', async () => {
  const { warmUp, empty, listeners } = aWarmUp(
    ({ signal }) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve([progress]))),
  );
  empty();
  await warmUp.beforeApplicationShutdown();
  expect(listeners.size).toBe(0);
});

it('says that it could not, and shows where nobody expected it', async () => {
  const away = aWarmUp(() => Promise.reject(new AwayError('PostgreSQL is away.')));
  away.empty();
  await away.warmUp.beforeApplicationShutdown();
  expect(away.lines[1]).toMatch(/warn .*not filled again error=PostgreSQL is away\./);
  const bug = aWarmUp(() => Promise.reject(new TypeError('bug')));
  bug.empty();
  await bug.warmUp.beforeApplicationShutdown();
  expect(bug.lines[1]).toMatch(/error .*not filled again.*TypeError: bug/);
});

it('fills one cache for whoever asks, or only looks, until the end of the process', async () => {
  const asked: WarmOptions[] = [];
  const { warmUp } = aWarmUp(async (options) => {
    asked.push(options);
    return [progress];
  });
  expect(await warmUp.warm('picks:latest', { dryRun: true })).toBe(progress);
  await warmUp.warm('picks:latest');
  await warmUp.beforeApplicationShutdown();
  expect(asked).toMatchObject([
    { names: ['picks:latest'], dryRun: true },
    { names: ['picks:latest'], dryRun: false, signal: { aborted: true } },
  ]);
});

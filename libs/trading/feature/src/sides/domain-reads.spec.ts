import type { KnownMode } from '@sluice/postgres';
import { exact } from './comparison';
import { DomainReads, routed } from './domain-reads';
import type { ShadowRead } from './shadow-reader';

class Numbers {
  constructor(private readonly side: string) {}
  list(limit: number): Promise<string> {
    return Promise.resolve(`${this.side} ${limit}`);
  }
  own(): Promise<string> {
    return Promise.resolve(this.side);
  }
}

const operations = { list: { name: 'runs.list', domain: 'runs', answer: exact } };

function someReads(known: Record<string, KnownMode['mode']>) {
  const offered: ShadowRead[] = [];
  const stateOf = (domain: string): KnownMode | undefined =>
    known[domain] === undefined ? undefined : { mode: known[domain], epoch: '1' };
  const modes = {
    peek: stateOf,
    current: (domain: string) => Promise.resolve(stateOf(domain)),
    areOneSided: Object.values(known).every((mode) => mode === 'new'),
  };
  const reads = new DomainReads(modes, { offer: (read) => void offered.push(read) });
  const numbers = routed(reads, new Numbers('postgres'), { list: (limit: number) => Promise.resolve(`legacy ${limit}`) }, operations); // prettier-ignore
  return { reads, numbers, offered };
}

describe('reads of a domain', () => {
  it.each([
    [undefined, 'postgres 7', 0],
    ['legacy', 'legacy 7', 0],
    ['dual', 'legacy 7', 0],
    ['shadow', 'legacy 7', 1],
    ['cutover', 'postgres 7', 0],
    ['new', 'postgres 7', 0],
  ] as const)('in mode %s come from %s', async (mode, answer, compared) => {
    const { numbers, offered } = someReads(mode ? { runs: mode } : {});
    expect([await numbers.list(7), offered.length]).toEqual([answer, compared]);
    expect(await numbers.own()).toBe('postgres');
  });

  it('offer the answer and both sides for a comparison', async () => {
    const { numbers, offered } = someReads({ runs: 'shadow' });
    await numbers.list(7);
    const [read] = offered;
    expect(read).toMatchObject({ answer: 'legacy 7', args: [7], epoch: '1' });
    expect([await read?.target(), await read?.legacy()]).toEqual(['postgres 7', 'legacy 7']);
  });

  it('stay with the side that a request began with, and tell it', async () => {
    const known: Record<string, KnownMode['mode']> = { runs: 'dual', picks: 'cutover' };
    const { reads, numbers } = someReads(known);
    const told: string[] = [];
    const answers = await new Promise<string[]>((resolve, reject) => {
      reads.within(
        (sides) => told.push(sides),
        () => {
          const both = async (): Promise<string[]> => {
            const first = await numbers.list(1);
            known['runs'] = 'cutover';
            const second = await numbers.list(2);
            const picks = { name: 'picks.list', domain: 'picks', answer: exact };
            const side = (name: string) => () => Promise.resolve(name);
            return [first, second, await reads.read(picks, [], { target: side('postgres'), legacy: side('legacy') })];
          };
          both().then(resolve, reject);
        },
      );
    });
    expect(answers).toEqual(['legacy 1', 'legacy 2', 'postgres']);
    expect(told).toEqual(['legacy', 'legacy, postgres']);
  });

  it.each([
    [undefined, false],
    ['legacy', true],
    ['dual', true],
    ['shadow', true],
    ['cutover', true],
    ['new', false],
  ] as const)('in mode %s go past caches: %s', async (mode, isPast) => {
    const { reads } = someReads(mode ? { runs: mode } : {});
    expect([reads.goesPastCaches('runs'), await reads.mustGoPastCaches('runs')]).toEqual([isPast, isPast]);
  });

  it('go past caches until those are emptied, by the last change of several', async () => {
    const { reads } = someReads({});
    const ends: (() => void)[] = [];
    const emptied = () => new Promise<void>((resolve) => ends.push(resolve));
    const turns = [reads.turnCaches('runs', emptied), reads.turnCaches('runs', emptied)];
    expect([reads.goesPastCaches('runs'), reads.goesPastCaches('picks')]).toEqual([true, false]);
    ends[0]?.();
    await turns[0];
    expect(await reads.mustGoPastCaches('runs')).toBe(true);
    ends[1]?.();
    await turns[1];
    expect([reads.goesPastCaches('runs'), await reads.mustGoPastCaches('runs')]).toEqual([false, false]);
  });
});

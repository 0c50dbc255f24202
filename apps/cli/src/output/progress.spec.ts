import { aTableReport, aVerification } from './builders';
import { lineProgress, Pace } from './progress';

/** A clock that the test moves. */
function aClock(): { nowMs: () => number; pass: (ms: number) => void } {
  let ms = 1_000_000;
  return { nowMs: () => ms, pass: (more) => (ms += more) };
}

describe('Pace', () => {
  it('gives rows a second and the seconds left', () => {
    const clock = aClock();
    const pace = new Pace(0, clock.nowMs);
    clock.pass(2_000);
    expect(pace.rate(1_000)).toBe(500);
    expect(pace.leftSeconds(1_000, 10_001)).toBe(19);
  });

  it('does not count what an earlier run had done', () => {
    const clock = aClock();
    const pace = new Pace(9_000, clock.nowMs);
    clock.pass(1_000);
    expect(pace.rate(9_100)).toBe(100);
    expect(pace.leftSeconds(9_100, 10_000)).toBe(9);
  });

  it('says nothing before there is anything to say', () => {
    const clock = aClock();
    const pace = new Pace(5, clock.nowMs);
    expect(pace.rate(6)).toBeNull();
    clock.pass(10);
    expect(pace.leftSeconds(5, 10)).toBeNull();
  });
});

describe('progress in lines', () => {
  const begin = () => {
    const clock = aClock();
    const lines: string[] = [];
    const { onEvent } = lineProgress((line) => lines.push(line), clock.nowMs);
    const copied = (done: number): void =>
      onEvent({ type: 'progress', phase: 'copy', table: 'orders', rows: 10_000, done });
    onEvent({ type: 'phase', phase: 'copy', table: 'orders', rows: 10_000, done: 0 });
    return { clock, lines, onEvent, copied };
  };

  it('writes share, rate and time left', () => {
    const { clock, lines, copied } = begin();
    clock.pass(2_000);
    copied(2_500);
    expect(lines).toEqual(['copy   orders: 25% · 2500/10000 rows · 1,250 rows/s · ETA 6s']);
  });

  it('writes no more than a line in two seconds', () => {
    const { clock, lines, copied } = begin();
    for (let done = 100; done <= 5_000; done += 100) {
      clock.pass(100);
      copied(done);
    }
    expect(lines).toHaveLength(2);
  });

  it('starts the rate anew with each phase', () => {
    const { clock, lines, onEvent } = begin();
    clock.pass(60_000);
    onEvent({ type: 'phase', phase: 'verify', table: 'orders', rows: 10_000, done: 0 });
    clock.pass(2_000);
    onEvent({ type: 'progress', phase: 'verify', table: 'orders', rows: 10_000, done: 4_000 });
    expect(lines).toEqual(['verify orders: 40% · 4000/10000 rows · 2,000 rows/s · ETA 3s']);
  });

  it('says at the end of a table how it went', () => {
    const { lines, onEvent } = begin();
    onEvent({ type: 'table', phase: 'copy', report: aTableReport() });
    onEvent({ type: 'table', phase: 'verify', report: aTableReport() });
    const verification = aVerification({ clean: false });
    onEvent({ type: 'table', phase: 'verify', report: aTableReport({ verification }) });
    expect(lines).toEqual([
      'copied   orders: 1,200 rows in 340 ms (loaded)',
      'verified orders: 1,200 rows in 1.3 s, equal',
      'verified orders: 1,200 rows in 1.3 s, DIFFERENT',
    ]);
  });
});

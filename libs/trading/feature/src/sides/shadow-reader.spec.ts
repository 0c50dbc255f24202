import { explainedBy, exact } from './comparison';
import { ShadowReader, type ShadowFinding, type ShadowRead } from './shadow-reader';

const rule = { name: 'ten times', applies: (a: unknown, b: unknown) => Number(a) === 10 * Number(b) };
const operation = { name: 'runs.list', domain: 'runs', answer: explainedBy(exact, rule) };

/** Answers in their order; the last one stays. */
const answers = (...given: unknown[]) => {
  let at = 0;
  return () => Promise.resolve(given[Math.min(at++, given.length - 1)]);
};

const aRead = (over: Partial<ShadowRead>): ShadowRead => ({
  ...{ operation, epoch: '3', args: [{ limit: 1 }], answer: 1, target: answers(1), legacy: answers(1), ...over },
});

function aReader(options: Partial<ConstructorParameters<typeof ShadowReader>[0]> = {}) {
  const found: ShadowFinding[] = [];
  const pauses: number[] = [];
  let heard = (): void => undefined;
  const reader = new ShadowReader({
    percent: 100,
    note: (finding) => {
      found.push(finding);
      heard();
    },
    pause: (ms) => Promise.resolve(void pauses.push(ms)),
    inStepAgo: () => Promise.resolve(0),
    ...options,
  });
  const verdicts = async (count: number): Promise<string[]> => {
    while (found.length < count) await new Promise<void>((resolve) => (heard = resolve));
    return found.map(({ verdict }) => verdict);
  };
  return { reader, found, pauses, verdicts };
}

describe('ShadowReader', () => {
  it('counts equal answers and keeps nothing of them', async () => {
    const { reader, found, verdicts, pauses } = aReader();
    reader.offer(aRead({}));
    expect(await verdicts(1)).toEqual(['equal']);
    expect([found[0]?.difference, pauses]).toEqual([undefined, []]);
  });

  it('asks both sides again, three times, before a difference counts', async () => {
    const { reader, found, verdicts, pauses } = aReader();
    reader.offer(aRead({ target: answers(2) }));
    expect(await verdicts(1)).toEqual(['unexplained']);
    expect(pauses).toEqual([1_000, 2_000, 6_000]);
    expect(found[0]).toEqual({
      ...{ domain: 'runs', epoch: '3', operation: 'runs.list', verdict: 'unexplained' },
      difference: {
        ...{ fields: '(all)', explanation: null, parameters: [{ limit: 1 }], legacyAnswer: '1', targetAnswer: '2' },
      },
    });
  });

  it('explains a row that was under way', async () => {
    const { reader, found, verdicts, pauses } = aReader();
    reader.offer(aRead({ answer: 1, target: answers(0, 2), legacy: answers(2) }));
    expect(await verdicts(1)).toEqual(['explained']);
    expect([found[0]?.difference?.explanation, pauses]).toEqual(['under way', [1_000]]);
  });

  it('does not judge an answer that goes on changing', async () => {
    const { reader, verdicts, pauses } = aReader();
    reader.offer(aRead({ answer: 1, target: answers(0, 1, 2, 3), legacy: answers(2, 3, 4) }));
    reader.offer(aRead({ answer: 1, target: answers(0, 1, 3, 3), legacy: answers(2, 4) }));
    expect(await verdicts(2)).toEqual(['skipped', 'unexplained']);
    expect(pauses).toHaveLength(6);
  });

  it('does not judge sides that were not in step between the last two looks', async () => {
    const agos = [0, 0, 5_501, 0, 0, null, null, null, 5_500];
    const { reader, found, verdicts } = aReader({ inStepAgo: () => Promise.resolve(agos.shift() ?? null) });
    for (let read = 1; read <= 3; read++) {
      reader.offer(aRead({ target: answers(2) }));
      await verdicts(read);
    }
    expect(found.map(({ verdict }) => verdict)).toEqual(['skipped', 'skipped', 'unexplained']);
  });

  it('explains a declared difference without asking again', async () => {
    const { reader, found, verdicts, pauses } = aReader();
    reader.offer(aRead({ answer: 10, target: answers(1) }));
    expect(await verdicts(1)).toEqual(['explained']);
    expect([found[0]?.difference?.explanation, pauses]).toEqual(['ten times', []]);
  });

  it('skips what comes while as many of its operation as allowed are under way, and counts it', async () => {
    let answer = (_value: number): void => undefined;
    const slow = () => new Promise<number>((resolve) => (answer = resolve));
    const { reader, verdicts } = aReader({ most: 1 });
    reader.offer(aRead({ target: slow }));
    reader.offer(aRead({}));
    expect(await verdicts(1)).toEqual(['skipped']);
    reader.offer(aRead({ operation: { ...operation, name: 'runs.find' } }));
    expect(await verdicts(2)).toEqual(['skipped', 'equal']);
    answer(1);
    expect(await verdicts(3)).toEqual(['skipped', 'equal', 'equal']);
    await new Promise(setImmediate);
    reader.offer(aRead({}));
    expect(await verdicts(4)).toEqual(['skipped', 'equal', 'equal', 'equal']);
  });

  it('counts a side that fails or takes too long as not compared', async () => {
    const errors: unknown[] = [];
    const { reader, verdicts } = aReader({ timeMs: 1, onError: (error) => errors.push(error) });
    reader.offer(aRead({ target: () => Promise.reject(new Error('away')) }));
    reader.offer(aRead({ target: () => new Promise(() => undefined) }));
    expect(await verdicts(2)).toEqual(['failed', 'failed']);
    expect(errors).toEqual([new Error('away'), new Error('No answer in time.')]);
  });

  it('takes its share', async () => {
    const asked: number[] = [];
    const dice = [0.099, 0.1, 0.5];
    const { reader } = aReader({ percent: 10, random: () => dice.shift() ?? 1 });
    for (let at = 0; at < 3; at++) reader.offer(aRead({ target: () => Promise.resolve(asked.push(at)) }));
    await new Promise(setImmediate);
    expect(asked).toEqual([0]);
  });
});

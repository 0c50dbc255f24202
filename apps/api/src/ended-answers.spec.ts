import { type EndedAnswer, EndedAnswers } from './ended-answers';
import { Log } from './log';

const answer: EndedAnswer = {
  ...{ requestId: 'r1', method: 'GET', route: '/v1/runs/:run_id', path: '/v1/runs/a', status: 200 },
  ...{ isCut: false, key: undefined, ms: 12.4 },
};

function someAnswers(level: 'info' | 'debug' = 'info') {
  const lines: string[] = [];
  const measured: unknown[] = [];
  const log = new Log({ level, json: true }, (line) => lines.push(line));
  const listeners = process.listenerCount('exit');
  const answers = new EndedAnswers(log, { ended: (request) => measured.push(request) });
  const told = () =>
    lines
      .join('')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    answers,
    measured,
    told,
    writes: () => lines.length,
    listenersLeft: () => process.listenerCount('exit') - listeners,
  };
}

it('tells log and metrics of the requests of one turn at its end, in their order', async () => {
  const { answers, measured, told, writes } = someAnswers();
  for (const requestId of ['r1', 'r2', 'r3']) answers.add({ ...answer, requestId });
  expect([told(), measured]).toEqual([[], []]);
  await new Promise(setImmediate);
  expect(told().map(({ requestId }) => requestId)).toEqual(['r1', 'r2', 'r3']);
  expect(writes()).toBe(1);
  expect(told()[0]).toMatchObject({ level: 'info', message: 'answered', path: '/v1/runs/a', status: 200, ms: 12 });
  expect(measured).toHaveLength(3);
  expect(measured[0]).toEqual({ ...answer, requestId: 'r1' });
  answers.close();
  expect(told()).toHaveLength(3);
});

it('tells of what has ended where the process ends in that turn, and leaves no listener behind', () => {
  const { answers, told, listenersLeft } = someAnswers();
  answers.add({ ...answer, isCut: true, status: null });
  const [onExit] = process.listeners('exit') as (() => void)[];
  onExit?.();
  expect(told()).toMatchObject([{ message: 'cut off while answering' }]);
  answers.add(answer);
  answers.close();
  expect(told()).toHaveLength(2);
  expect(listenersLeft()).toBe(0);
});

it.each(['/health/live', '/metrics'])('says of %s, which is asked for all the time, only in debug', (path) => {
  for (const [level, count] of [
    ['info', 0],
    ['debug', 1],
  ] as const) {
    const { answers, measured, told } = someAnswers(level);
    answers.add({ ...answer, path });
    answers.close();
    expect([told().length, measured.length]).toEqual([count, 1]);
  }
});

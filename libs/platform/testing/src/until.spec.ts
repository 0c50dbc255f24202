import { until } from './until';

let nowMs: number;

beforeEach(() => {
  nowMs = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
});
afterEach(() => void jest.restoreAllMocks());

/** An answer that took so long, by a clock that stands still otherwise. */
function after<T>(ms: number, answer: T): T {
  nowMs += ms;
  return answer;
}

it('asks until there is an answer, and gives it', async () => {
  const answers = [false, 0, null, undefined, '', 'there'];
  expect(await until(() => answers.shift())).toBe('there');
  expect(answers).toEqual([]);
});

it('rejects with what was waited for and what is known, after no less than a minute', async () => {
  const asked = jest.fn(() => after(10_000, false));
  await expect(until(asked, { what: 'it is done', known: () => ['a note'] })).rejects.toThrow(
    "Waited 90 s in vain until it is done\nKnown: [ 'a note' ]",
  );
  expect(asked).toHaveBeenCalledTimes(9);
});

it('shows the question itself where nobody put it into words', async () => {
  await expect(until(() => after(100_000, 1 + 1 === 3))).rejects.toThrow(/until \(\)=>after\(.*1 \+ 1 === 3\)/);
});

it('rejects at once where the question fails', async () => {
  const asked = jest.fn().mockRejectedValue(new Error('no such column'));
  await expect(until(asked)).rejects.toThrow('no such column');
  expect(asked).toHaveBeenCalledTimes(1);
});

it('goes on where a failure is a no, and tells the last one', async () => {
  const answers = [Promise.reject(new Error('away')), Promise.resolve('there')];
  for (const answer of answers) answer.catch(() => undefined); // Asked for below.
  expect(await until(() => answers.shift(), { failureIsNo: true })).toBe('there');
  const away = () => after(100_000, Promise.reject(new Error('away')));
  const failing = until(away, { what: 'it is back', failureIsNo: true });
  await expect(failing).rejects.toThrow('until it is back\nIt failed: away');
});

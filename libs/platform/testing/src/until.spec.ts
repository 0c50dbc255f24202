import { until } from './until';

/** At every look at the clock so many milliseconds are over. */
function passing(stepMs: number): void {
  let nowMs = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => (nowMs += stepMs));
}
afterEach(() => void jest.restoreAllMocks());

it('asks until there is an answer, and gives it', async () => {
  const answers = [false, 0, null, undefined, '', 'there'];
  expect(await until(() => answers.shift())).toBe('there');
  expect(answers).toEqual([]);
});

it('rejects with what was waited for and what is known, after no less than a minute', async () => {
  passing(10_000);
  const asked = jest.fn().mockResolvedValue(false);
  await expect(until(asked, { what: 'it is done', known: () => ['a note'] })).rejects.toThrow(
    "Waited 90 s in vain until it is done\nKnown: [ 'a note' ]",
  );
  expect(asked.mock.calls.length).toBeGreaterThan(6);
});

it('shows the question itself where nobody put it into words', async () => {
  passing(100_000);
  await expect(until(() => 1 + 1 === 3)).rejects.toThrow('until ()=>1 + 1 === 3');
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
  passing(100_000);
  const failing = until(() => Promise.reject(new Error('away')), { what: 'it is back', failureIsNo: true });
  await expect(failing).rejects.toThrow('until it is back\nIt failed: away');
});

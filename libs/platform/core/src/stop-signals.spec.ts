import { onStopSignal } from './stop-signals';

it('takes two signals within half a second for one wish, and a later one for impatience', () => {
  const told: string[] = [];
  const clock = jest.spyOn(performance, 'now');
  const before = new Map((['SIGHUP', 'SIGINT', 'SIGTERM'] as const).map((name) => [name, process.listeners(name)]));
  onStopSignal(
    (name) => told.push(name),
    () => told.push('again'),
  );
  for (const [atMs, name] of [
    [1_000, 'SIGHUP'],
    [1_400, 'SIGTERM'],
    [1_501, 'SIGINT'],
  ] as const) {
    // prettier-ignore
    clock.mockReturnValue(atMs);
    process.emit(name, name);
  }
  expect(told).toEqual(['SIGHUP', 'again']);
  for (const [name, known] of before)
    for (const listener of process.listeners(name)) if (!known.includes(listener)) process.off(name, listener);
  clock.mockRestore();
});

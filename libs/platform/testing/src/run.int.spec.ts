import { run } from './run';

const node = (script: string) => ['-e', script];

it('collects the exit code and both outputs', async () => {
  const script = `process.stdin.pipe(process.stdout); process.stdin.on('end', () => { console.error('bad'); process.exitCode = 3 })`;
  const result = await run(process.execPath, node(script), { input: 'hello' });
  expect(result).toEqual({ code: 3, signal: null, stdout: 'hello', stderr: 'bad\n' });
});

it('takes a variable away that is given as undefined', async () => {
  const script = 'console.log(process.env.ONE, process.env.PATH)';
  const { stdout } = await run(process.execPath, node(script), { env: { ONE: '1', PATH: undefined } });
  expect(stdout).toBe('1 undefined\n');
});

it('kills a program that does not end in time and shows what it said', async () => {
  let pid = 0;
  const ended = run('/bin/sh', ['-c', 'echo said; exec sleep 60'], {
    deadlineMs: 500,
    onStart: (id) => (pid = id),
  });
  await expect(ended).rejects.toThrow(/did not end in 500 ms.\nsaid/s);
  expect(pid).toBeGreaterThan(0);
});

it('rejects where there is no such program', async () => {
  await expect(run('/no/such/program')).rejects.toMatchObject({ code: 'ENOENT' });
});

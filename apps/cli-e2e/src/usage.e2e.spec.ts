import { sluice, sluiceJson } from './sluice';

const commands = [
  'inspect',
  'migrate',
  'verify',
  'quarantine list',
  'quarantine show',
  'quarantine replay',
  'db migrate',
  'db status',
  'report',
  'doctor',
  'sample',
  'start',
];

describe('the help', () => {
  it('names every command', async () => {
    const { code, stdout } = await sluice(['--help']);
    expect(code).toBe(0);
    for (const command of commands) expect(stdout).toContain(`  ${command.split(' ')[0]} `);
  });

  it.each(commands)('of %s has examples, with options that the command takes', async (command) => {
    const { code, stdout, stderr } = await sluice([...command.split(' '), '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [options = '', examples = ''] = stdout.split('Examples:');
    const lines = examples.trim().split('\n');
    expect(lines.every((line) => line.trim().startsWith(`$ sluice ${command}`))).toBe(true);
    for (const [option] of examples.matchAll(/--[a-z-]+/g)) expect(options).toContain(`${option} `);
  });
});

describe('a mistake in the words', () => {
  it.each([
    [['migrate', '--nonsense'], '--nonsense'],
    [['nonsense'], 'nonsense'],
    [['verify', '--lane', 'fast'], 'pages, sql, exact'],
    [['quarantine', 'show'], 'id'],
    [['start', '--port', 'many', '--state-dir', '/nonexistent/never-made'], 'PORT'],
    [['migrate', '--legacy', '.', '--max-rate', '-1', '--database-url', 'postgresql://127.0.0.1:1/x'], '--max-rate'],
  ])('%j ends with 2 and is one JSON document where that was asked for', async (args, named) => {
    const { code, document, stderr } = await sluiceJson<{ error: { message: string; exitCode: number } }>(args);
    expect({ code, exitCode: document.error.exitCode }).toEqual({ code: 2, exitCode: 2 });
    expect(document.error.message).toContain(named);
    expect(stderr).toContain(named);
    const plain = await sluice(args);
    expect({ code: plain.code, stdout: plain.stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('of no command at all shows the help and ends with 2', async () => {
    const { code, stdout, stderr } = await sluice([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: sluice');
  });
});

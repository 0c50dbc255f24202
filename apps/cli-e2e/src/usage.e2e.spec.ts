import { existsSync } from 'node:fs';
import { run, tempDir, type TempDir } from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { program, sluice, sluiceJson } from './sluice';

const commands = [
  'inspect',
  'migrate',
  'verify',
  'quarantine list',
  'quarantine show',
  'quarantine replay',
  'db migrate',
  'db status',
  'cache list',
  'cache policy',
  'cache stats',
  'cache verify',
  'cache keys',
  'cache inspect',
  'cache delete',
  'cache expire',
  'cache clear',
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
    expect(options).not.toContain('default: []');
    for (const [option] of examples.matchAll(/--[a-z-]+/g)) expect(options).toContain(`${option} `);
  });
});

it('ends as it would have where its reader has seen enough', async () => {
  const command = `( sleep 0.2; "${process.execPath}" "${program}" --help; echo "ended with $?" >&2 ) | true`;
  expect(await run('/bin/sh', ['-c', command])).toMatchObject({ stderr: 'ended with 0\n' });
});

// Linux has a device that is always full.
const onFullDisk = existsSync('/dev/full') ? describe : describe.skip;
onFullDisk('where there is no room for what it says', () => {
  const shell = (line: string) =>
    run('/bin/sh', ['-c', `"${process.execPath}" "${program}" sample "$0" ${line}`, dir.path]);
  let dir: TempDir;
  beforeEach(async () => (dir = await tempDir()));
  afterEach(() => dir.remove());

  it('calls a document lost that could not be written', async () => {
    const { code, stderr } = await shell('--rows 20 --json > /dev/full');
    expect(stderr).toMatch(/^sluice: Standard output is not whole: ENOSPC.*\n$/);
    expect(code).toBe(6);
  });

  it('goes on without its log', async () => {
    const { code, stdout } = await shell('--rows -1 --json 2> /dev/full');
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'CLI_USAGE' } });
    expect(code).toBe(2);
  });
});

describe('a mistake in the words', () => {
  it.each([
    [['report', '--format', 'html', '--json'], 'cannot be used with'],
    [['report'], 'the command line takes --database-url'],
    [
      [
        ...['migrate', '--database-url', 'postgresql://127.0.0.1:1/x', '--legacy', '.'],
        ...['--only', 'pick_events', '--choose', 'a.b=proven'],
      ],
      'No chosen table has a column',
    ],
  ])('%j is told what to do', async (args, told) => {
    const { code, stderr } = await sluice(args);
    expect(code).toBe(2);
    expect(stderr).toContain(told);
  });

  it.each([
    [['migrate', '--nonsense'], '--nonsense'],
    [['nonsense'], 'nonsense'],
    [['verify', '--lane', 'fast'], 'pages, sql, exact'],
    [['quarantine', 'show'], 'id'],
    [['quarantine', 'show', 'abc'], '<id> takes a whole number'],
    [['quarantine', 'list', '--only', 'nosuch', '--database-url', 'postgresql://127.0.0.1:1/x'], 'nosuch'],
    [['migrate', '--only', 'llm_requests', '--only', 'nosuch', '--legacy', '.'], 'There is no table "nosuch"'],
    [['reconcile', '--only', 'nosuch', '--legacy', '.'], 'There is no table "nosuch"'],
    [['sample', program], 'names no folder that can be written'],
    [['sample', '/proc/nothing/below'], 'names no folder that can be written'],
    [['start', '--state-dir', '/proc/nothing/below'], 'names no folder that can be written'],
    [
      [
        'verify',
        '--report-dir',
        '/proc/nothing/below',
        '--legacy',
        '.',
        '--database-url',
        'postgresql://127.0.0.1:1/x',
      ],
      'names no folder that can be written',
    ],
    [['inspect', '--legacy', '.', '--only', '--file'], "'--file' is an option itself"],
    [['inspect', '--legacy', '.', '--working-dir', '--required'], "'--required' is an option itself"],
    [['inspect', '--legacy', '.', '--file', 'llm_requests'], '--file takes NAME=VALUE'],
    [['inspect', '--legacy', '.', '--file', 'llm_requests='], '--file takes NAME=VALUE'],
    [['inspect', '--legacy', '.', '--file', 'user_preferences=a', '--file', 'user_preferences=b'], 'twice'],
    [['inspect', '--legacy', '.', '--working-dir', ''], "'--working-dir <dir>' argument missing: it is empty"],
    [['migrate', '--legacy', '.', '--database-url', ''], "'--database-url <url>' argument missing: it is empty"],
    [['sample', ''], "argument 'dir' is empty"],
    [['start', '--port', 'many', '--state-dir', '/nonexistent/never-made'], 'PORT'],
    [['migrate', '--legacy', '.', '--max-rate', '-1', '--database-url', 'postgresql://127.0.0.1:1/x'], '--max-rate'],
  ])('%j ends with 2 and is one JSON document where that was asked for', async (args, named) => {
    const { code, document, stderr } = await sluiceJson<{ error: { message: string; exitCode: number } }>(args);
    expect({ code, exitCode: document.error.exitCode }).toEqual({ code: 2, exitCode: 2 });
    expect(document.error.message).toContain(named);
    expect(document.error.message).not.toContain('--id');
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

describe('a broken variable', () => {
  const broken = { PORT: 'x', LOG_LEVEL: 'loud', REDIS_URL: 'ftp://x', DATABASE_URL: 'mysql://x' };
  const ended = (args: readonly string[]) => run(process.execPath, [program, ...args], { env: broken });

  it('stops no command that does not read it', async () => {
    const dir = await tempDir();
    makeSampleTree({ dir: dir.path, seed: 3, rows: 300, hazards: false, files: false });
    const { code, stderr } = await ended(['inspect', '--legacy', dir.path]);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    await dir.remove();
  });

  it('is named by the command that reads it, and only that', async () => {
    const listed = await ended(['quarantine', 'list']);
    expect(listed.code).toBe(2);
    expect(listed.stderr).toContain('DATABASE_URL must be');
    expect(listed.stderr).not.toMatch(/PORT|LOG_LEVEL|REDIS_URL/);
    const started = await ended(['start', '--state-dir', '/nonexistent/never-made']);
    expect(started.code).toBe(2);
    for (const variable of Object.keys(broken)) expect(started.stderr).toContain(`${variable} must be`);
  });
});

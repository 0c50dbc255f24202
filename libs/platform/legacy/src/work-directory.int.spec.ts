import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { tempDir, type TempDir } from '@sluice/testing';
import { WorkDirectory } from './work-directory';

const minutes = (n: number): number => n * 60_000;
const hours = (n: number): number => minutes(60 * n);

let dir: TempDir;
let owner: ChildProcess | null = null;
beforeEach(async () => {
  dir = await tempDir();
});
afterEach(async () => {
  if (owner) await killed(owner);
  owner = null;
  await dir.remove();
});

const program = `
  require(process.argv[1]);
  const { writeFileSync } = require('node:fs');
  const directory = require(process.argv[2]).WorkDirectory.make(process.argv[3]);
  writeFileSync(directory.file('copy.db'), 'half a copy');
  process.stdout.write(directory.path);
  setInterval(() => directory, 1000);`;

/** Another process that makes a work directory and keeps it. */
async function anOwner(): Promise<{ child: ChildProcess; kept: string }> {
  const register = path.resolve(__dirname, '../../../../tools/swc-register.cjs');
  const args = ['-e', program, register, path.join(__dirname, 'work-directory.ts'), dir.path];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  owner = child;
  const [kept] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, kept: kept.toString() };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

function age(directory: string, ms: number): void {
  const seconds = (Date.now() - ms) / 1000;
  utimesSync(directory, seconds, seconds);
}

/** A directory that nobody works in. */
function leftover(name: string, ageMs: number, files: readonly string[]): string {
  const directory = path.join(dir.path, name);
  mkdirSync(directory, { mode: 0o700 });
  for (const file of files) writeFileSync(path.join(directory, file), '');
  age(directory, ageMs);
  return directory;
}

const makeAnother = (): void => WorkDirectory.make(dir.path).remove();

it('is a folder for this user alone that is gone when it is removed, with all that is in it', () => {
  const directory = WorkDirectory.make(dir.path);
  expect(readdirSync(directory.path)).toEqual(['lock.db']);
  writeFileSync(directory.file('copy.db'), 'a copy');
  directory.remove();
  directory.remove();
  expect(readdirSync(dir.path)).toEqual([]);
});

it('of an owner that was killed is removed by the next', async () => {
  const { child, kept } = await anOwner();
  await killed(child);
  age(kept, minutes(2));
  expect(readdirSync(kept).sort()).toEqual(['copy.db', 'lock.db']);
  makeAnother();
  expect(readdirSync(dir.path)).toEqual([]);
});

it('of an owner that lives stays, however old it is', async () => {
  const { kept } = await anOwner();
  age(kept, hours(100));
  makeAnother();
  expect(readdirSync(kept).sort()).toEqual(['copy.db', 'lock.db']);
});

it('of this process stays while it is not removed', () => {
  const directory = WorkDirectory.make(dir.path);
  age(directory.path, hours(100));
  makeAnother();
  makeAnother();
  expect(existsSync(directory.path)).toBe(true);
  directory.remove();
});

it.each([
  ['younger than a minute', 'sluice-legacy-abcdef', 0, ['copy.db', 'lock.db']],
  ['without a lock and younger than a day', 'sluice-legacy-abcdef', hours(23), ['copy.db']],
  ['with something else in it', 'sluice-legacy-abcdef', hours(100), ['copy.db', 'lock.db', 'notes.txt']],
  ['of another name', 'sluice-abcdef', hours(100), ['copy.db', 'lock.db']],
])('%s stays', (_, name, ageMs, files) => {
  const directory = leftover(name, ageMs, files);
  makeAnother();
  expect(readdirSync(directory)).toEqual(files);
});

it.each([
  ['without a lock and older than a day', hours(25), ['copy.db', 'copy.db-wal', 'copy.db-shm']],
  ['in which a family was being staged', minutes(2), ['lock.db', 'staged.db']],
  ['that its owner had yet to fill', minutes(2), ['lock.db']],
])('%s is removed', (_, ageMs, files) => {
  leftover('sluice-legacy-abcdef', ageMs, files);
  makeAnother();
  expect(readdirSync(dir.path)).toEqual([]);
});

it('is not looked for behind links, neither its own nor one in it', () => {
  const elsewhere = path.join(dir.path, 'elsewhere');
  mkdirSync(elsewhere);
  for (const file of ['copy.db', 'lock.db']) writeFileSync(path.join(elsewhere, file), '');
  age(elsewhere, hours(100));
  symlinkSync(elsewhere, path.join(dir.path, 'sluice-legacy-abcdef'));
  const withLink = leftover('sluice-legacy-ghijkl', 0, ['copy.db']);
  symlinkSync(path.join(elsewhere, 'lock.db'), path.join(withLink, 'lock.db'));
  age(withLink, hours(100));
  makeAnother();
  expect(readdirSync(dir.path).sort()).toEqual(['elsewhere', 'sluice-legacy-abcdef', 'sluice-legacy-ghijkl']);
  expect(readdirSync(elsewhere)).toEqual(['copy.db', 'lock.db']);
  expect(readdirSync(withLink)).toEqual(['copy.db', 'lock.db']);
});

it('of another user stays and stops nobody', () => {
  const directory = leftover('sluice-legacy-abcdef', hours(100), ['copy.db', 'lock.db']);
  const getuid = jest.spyOn(process, 'getuid').mockReturnValue(4_000_000_000);
  try {
    makeAnother();
  } finally {
    getuid.mockRestore();
  }
  expect(readdirSync(directory)).toEqual(['copy.db', 'lock.db']);
});

it('that cannot be opened, or whose lock is no database, stops nobody', () => {
  const closed = leftover('sluice-legacy-abcdef', hours(100), ['copy.db']);
  const broken = leftover('sluice-legacy-ghijkl', 0, ['copy.db']);
  writeFileSync(
    path.join(broken, 'lock.db'),
    'no database at all, but something of somebody who took the same name'.repeat(20),
  );
  age(broken, hours(100));
  chmodSync(closed, 0);
  try {
    expect(makeAnother).not.toThrow();
  } finally {
    if (existsSync(closed)) chmodSync(closed, 0o700);
  }
  expect(existsSync(broken)).toBe(true);
});

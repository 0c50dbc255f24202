import { existsSync, readdirSync, readFileSync, readlinkSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { tempDir, type TempDir } from '@sluice/testing';
import { CommitWatch } from './commit-watch';

/** As the class has it: looks this close to each other make a crowd, which is over after so long without one. */
const QUIET_MS = 250;
/** Until the safety look of every two seconds, with room for a slow machine, and far less than that of every ten seconds. */
const SOON_MS = 6_000;

const never = new AbortController().signal;
let dir: TempDir;
let db: InstanceType<typeof DatabaseSync> | undefined;
let watch: CommitWatch | undefined;

beforeEach(async () => {
  dir = await tempDir();
});
afterEach(async () => {
  watch?.close();
  db?.close();
  await dir.remove();
});

function watched(journal: 'wal' | 'delete'): { file: string; write: () => void } {
  const file = path.join(dir.path, 'legacy.db');
  db = new DatabaseSync(file);
  db.exec(`PRAGMA journal_mode = ${journal}; CREATE TABLE t (a)`);
  watch = new CommitWatch(file);
  return { file, write: () => db!.exec('INSERT INTO t VALUES (1)') };
}

/** Waits until a wait has nothing left of what came before, so that only something new ends the next one. */
async function settle(): Promise<void> {
  for (let quiet = 0; quiet < 2;) {
    const isQuiet = await Promise.race([watch!.wait(AbortSignal.timeout(300)).then(() => false), delay(290, true)]);
    quiet = isQuiet ? quiet + 1 : 0;
  }
}

/** How many files of any kind the system tells this process about. */
function watchedFiles(): number | null {
  if (!existsSync('/proc/self/fd')) return null;
  const inotify = readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).includes('inotify');
    } catch {
      return false; // The folder's own, closed by now.
    }
  });
  const lines = inotify.flatMap((fd) => readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8').split('\n'));
  return lines.filter((line) => line.startsWith('inotify')).length;
}

const crowd = (): void => {
  watch!.found();
  watch!.found();
};

describe.each(['wal', 'delete'] as const)('%s', (journal) => {
  it('ends a wait when something was committed, also in a crowd', async () => {
    const { write } = watched(journal);
    await settle();
    for (const prepare of [() => undefined, crowd]) {
      prepare();
      const startedMs = performance.now();
      const waiting = watch!.wait(never);
      write();
      await waiting;
      expect(performance.now() - startedMs).toBeLessThan(SOON_MS);
    }
  });

  it('lets a crowded file go, so that its writer pays for no events, and comes back when it is quiet', async () => {
    const before = watchedFiles();
    const { write } = watched(journal);
    const watching = watchedFiles();
    if (before !== null) expect(watching).toBeGreaterThan(before);
    watch!.found();
    expect(watchedFiles()).toBe(watching); // One change alone is no crowd.
    watch!.found();
    expect(watchedFiles()).toBe(before);
    write();
    await watch!.wait(never);
    expect(watchedFiles()).toBe(before);
    await delay(QUIET_MS);
    await watch!.wait(never); // At once: of what came until now no event tells.
    expect(watchedFiles()).toBe(watching);
    await settle();
    const waiting = watch!.wait(never);
    write();
    await waiting;
  });
});

it('takes it for a crowd, too, when there was no time to wait between two finds, however long a batch takes', async () => {
  const before = watchedFiles();
  watched('wal');
  const watching = watchedFiles();
  const BATCH_MS = 80; // Longer than looks that make a crowd by their time.
  await settle();
  watch!.found();
  await watch!.wait(AbortSignal.timeout(BATCH_MS));
  watch!.found();
  expect(watchedFiles()).toBe(watching); // All that came meanwhile had been found.
  await delay(BATCH_MS);
  watch!.found();
  expect(watchedFiles()).toBe(before);
});

it('asks again for a file whose time is too young to tell what is written in the same moment', async () => {
  const { file } = watched('delete');
  const future = new Date(Date.now() + 3_600_000);
  utimesSync(file, future, future);
  await settle();
  for (let looks = 0; looks < 2; looks++) {
    const startedMs = performance.now();
    await watch!.wait(never);
    expect(performance.now() - startedMs).toBeLessThan(SOON_MS);
  }
});

import { accessSync, constants, statfsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface TempDir {
  readonly path: string;
  remove(): Promise<void>;
}

/** A folder of the test's own. */
export function tempDir(): Promise<TempDir> {
  return dirIn(tmpdir());
}

/**
 * A folder in memory, where this machine has room for one, for tests that hold programs to their patience with each other: a
 * disk that stands still under a lock uses it up as well, and is nobody's fault.
 */
export function memoryDir(): Promise<TempDir> {
  return dirIn(hasRoom(MEMORY) ? MEMORY : tmpdir());
}

const MEMORY = '/dev/shm';
const ROOM_BYTES = 256 * 1024 * 1024;

function hasRoom(dir: string): boolean {
  try {
    accessSync(dir, constants.W_OK);
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize > ROOM_BYTES;
  } catch {
    return false; // Not on this system, or not for this account.
  }
}

async function dirIn(parent: string): Promise<TempDir> {
  const place = await mkdtemp(path.join(parent, 'sluice-test-'));
  return { path: place, remove: () => rm(place, { recursive: true, force: true, maxRetries: 3 }) };
}

/** As `tempDir`, but other accounts may pass through it: run as root, PostgreSQL has an account of its own. */
export async function serverDir(): Promise<TempDir> {
  const dir = await tempDir();
  await chmod(dir.path, 0o711);
  return dir;
}

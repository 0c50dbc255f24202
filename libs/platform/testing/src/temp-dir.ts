import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface TempDir {
  readonly path: string;
  remove(): Promise<void>;
}

/** A folder of the test's own. */
export async function tempDir(): Promise<TempDir> {
  const place = await mkdtemp(path.join(tmpdir(), 'sluice-test-'));
  return { path: place, remove: () => rm(place, { recursive: true, force: true, maxRetries: 3 }) };
}

/** As `tempDir`, but other accounts may pass through it: run as root, PostgreSQL has an account of its own. */
export async function serverDir(): Promise<TempDir> {
  const dir = await tempDir();
  await chmod(dir.path, 0o711);
  return dir;
}

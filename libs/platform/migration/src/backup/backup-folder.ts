import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '@sluice/core';
import { isDiskFull } from '@sluice/legacy';
import { BackupFolderError, BackupInterruptedError, BackupNoRoomError } from './backup.errors';
import { MANIFEST, partsOf, sha256Of, SUMS, type Manifest } from './manifest';

const PARTIAL = '.partial';

/**
 * The folder of one backup while it is written: under another name until all of it is on disk, so that a backup that can be
 * seen is whole. What a killed one left, the next one of the same database removes (`tag`); they exclude each other by a lock.
 */
export class BackupFolder {
  private constructor(
    readonly path: string,
    private readonly whole: string,
  ) {}

  /** Throws `BACKUP_FOLDER_UNUSABLE`. Only the account that takes a backup may look into it. */
  static async begin(parent: string, id: string, tag: string): Promise<BackupFolder> {
    const whole = path.join(parent, id);
    try {
      makeFolder(parent, 0o700);
      for (const name of await readdir(parent)) {
        if (name.endsWith(`-${tag}${PARTIAL}`)) await rm(path.join(parent, name), { recursive: true, force: true });
      }
      const partial = `${whole}${PARTIAL}`;
      for (const folder of ['', 'postgres', 'legacy']) await mkdir(path.join(partial, folder), { mode: 0o700 });
      return new BackupFolder(partial, whole);
    } catch (error) {
      if (isDiskFull(error)) throw new BackupNoRoomError(parent, error);
      throw new BackupFolderError(parent, error);
    }
  }

  /** Writes the manifest, and makes the backup visible at its place. Gives the manifest's SHA-256. */
  async finish(manifest: Manifest): Promise<{ folder: string; sha256: string }> {
    const text = `${JSON.stringify(manifest, null, 2)}\n`;
    const sums = [...partsOf(manifest), { file: MANIFEST, sha256: sha256Of(text) }];
    await writeFile(path.join(this.path, MANIFEST), text, { mode: 0o600, flush: true });
    const lines = sums.map(({ file, sha256 }) => `${sha256}  ${file}\n`).join('');
    await writeFile(path.join(this.path, SUMS), lines, { mode: 0o600, flush: true });
    for (const folder of ['postgres', 'legacy', '']) await syncFolder(path.join(this.path, folder));
    await rename(this.path, this.whole);
    await syncFolder(path.dirname(this.whole));
    return { folder: this.whole, sha256: sha256Of(text) };
  }

  /** May be called when it is finished: takes away whatever there is of it. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    await rm(this.whole, { recursive: true, force: true });
  }
}

/** A name is on disk when its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Disk and signal, as the errors that they are here; anything else as it is. */
export function folderError(error: unknown, folder: string): unknown {
  if (isDiskFull(error)) return new BackupNoRoomError(folder, error);
  return isAbort(error) ? new BackupInterruptedError() : error;
}

const isAbort = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError';

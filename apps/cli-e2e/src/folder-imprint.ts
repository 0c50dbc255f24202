import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Of every file below a folder: its name, its bytes and when it was written. */
export function folderImprint(dir: string): string {
  const hash = createHash('sha256');
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => path.join(entry.parentPath, entry.name)).sort();
  for (const file of files) hash.update(`${file} ${statSync(file).mtimeMs}\n`).update(readFileSync(file));
  return hash.digest('hex');
}

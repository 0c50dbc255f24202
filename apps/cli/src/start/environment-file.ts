import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Settings } from '@sluice/config';

/**
 * The addresses of what `sluice start` runs, as a file that a shell can read (`set -a; . FILE; set +a`), so that other
 * commands work on the same servers. It holds passwords, hence mode 0600. Without a Redis its address is empty, which
 * counts as not set: one that a shell has from elsewhere is not the one of this start. Gives the function that removes it.
 */
export function writeEnvironmentFile(file: string, settings: Settings): () => void {
  const variables = {
    DATABASE_URL: settings.databaseUrl?.reveal(),
    REDIS_URL: settings.redisUrl?.reveal() ?? '',
    LEGACY_DIR: settings.legacyDir,
  };
  const remove = (): void => rmSync(file, { force: true });
  remove(); // One that a killed start left behind may have another mode.
  writeFileSync(file, environmentText(variables), { mode: 0o600, flag: 'wx' });
  return remove;
}

/** `NAME='value'` lines; what is undefined is left out. */
export function environmentText(variables: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(variables)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => `${name}=${quoted(value)}\n`)
    .join('');
}

/** How to use it from a folder, in one line. */
export function environmentHint(file: string, from: string): string {
  const relative = path.relative(from, file);
  const place = relative.startsWith('..') || !relative.includes(path.sep) ? file : relative;
  return `set -a; . ${/^[\w./-]+$/.test(place) ? place : quoted(place)}; set +a; npx sluice quarantine list`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { environmentWith } from '@sluice/config';
import { findMigrationsFolder } from '@sluice/postgres';

/** The folder that holds `prisma/` and `prisma.config.ts`. */
export const projectRoot = (): string => path.resolve(findMigrationsFolder(), '../..');

/**
 * Runs Prisma's command line against a database; its output arrives whole. The URL goes by the environment, not argv. It
 * has a process group of its own, so that a Ctrl-C for us does not tear a migration in two: we wait for its end.
 */
export async function runPrisma(
  args: readonly string[],
  databaseUrl: string,
): Promise<{ code: number; output: string }> {
  const root = projectRoot();
  const program = createRequire(path.join(root, 'package.json')).resolve('prisma/build/index.js');
  if (!existsSync(program)) return { code: 1, output: `Prisma's command line is not installed below ${root}.` };
  const child = spawn(process.execPath, [program, ...args], {
    cwd: root,
    detached: true,
    env: environmentWith({
      DATABASE_URL: databaseUrl,
      CHECKPOINT_DISABLE: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      NO_COLOR: '1',
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const gather = (chunk: Buffer): unknown => (output += chunk.toString());
  child.stdout.on('data', gather);
  child.stderr.on('data', gather);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 1));
  });
  return { code, output };
}

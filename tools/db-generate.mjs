// Makes the Prisma client when the schema has changed since it was made (or there is none): most starts cost nothing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const generated = path.join(root, 'libs/platform/postgres/src/generated');
const stamp = path.join(generated, '.stamp');
const inputs = readdirSync(path.join(root, 'prisma'))
  .filter((name) => name.endsWith('.prisma'))
  .sort();
const hash = createHash('sha256').update(readFileSync(path.join(root, 'node_modules/prisma/package.json')));
for (const name of inputs) hash.update(readFileSync(path.join(root, 'prisma', name)));
const wanted = hash.digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  const prisma = path.join(root, 'node_modules/prisma/build/index.js');
  const run = spawnSync(process.execPath, [prisma, 'generate'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
  });
  if (run.status !== 0) {
    process.stderr.write(run.stdout + run.stderr);
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}

/** Compiles every TypeScript file of the workspace that is not in the cache yet, but for tests. */
const fs = require('node:fs');
const path = require('node:path');
const { compile, lookUp } = require('./swc-cache.cjs');

const root = path.join(__dirname, '..');
for (const folder of ['apps', 'libs', 'tools']) {
  for (const name of fs.readdirSync(path.join(root, folder), { recursive: true })) {
    if (!name.endsWith('.ts') || name.endsWith('.d.ts') || name.endsWith('.spec.ts')) continue;
    const file = lookUp(path.join(root, folder, name));
    if (!fs.existsSync(file.compiled)) compile(file);
  }
}

/**
 * Lets Node run the workspace's TypeScript without a build step. Where something is not compiled yet, another process does
 * it for the whole workspace: the compiler's memory would count as that of a migration.
 */
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { compile, lookUp } = require('./swc-cache.cjs');

let isFilled = false;

function compiled(filename) {
  const file = lookUp(filename);
  if (!fs.existsSync(file.compiled) && !isFilled) {
    isFilled = true;
    spawnSync(process.execPath, [path.join(__dirname, 'swc-fill.cjs')], { stdio: 'inherit' });
  }
  return fs.existsSync(file.compiled) ? fs.readFileSync(file.compiled, 'utf8') : compile(file);
}

/** V8 keeps a module's text as long as its functions, and nearly three quarters of it are the map to its TypeScript. */
const withoutMap = (text) => text.replace(/\n\/\/# sourceMappingURL=[^\n]*\n?$/, '\n');

require.extensions['.ts'] = (module, filename) => {
  const text = compiled(filename);
  module._compile(process.sourceMapsEnabled ? text : withoutMap(text), filename);
};

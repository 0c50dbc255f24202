/**
 * Lets Node run the workspace's TypeScript without a build step. Compiled files are kept under `node_modules/.cache`,
 * named by the hash of their text and of the options, so that a start that finds everything compiled does not load the
 * compiler at all: that is what keeps `sluice --help` under 200 ms.
 */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const options = require('./swc-options.cjs');

const cache = path.join(__dirname, '../node_modules/.cache/sluice-swc');
const salt = JSON.stringify(options) + require('@swc/core/package.json').version;
let swc;

/** Compiles one file, or takes the finished text. A cache that cannot be written costs time, never the run. */
function compile(filename) {
  const source = fs.readFileSync(filename, 'utf8');
  const name = createHash('sha1').update(salt).update(filename).update(source).digest('hex');
  const cached = path.join(cache, `${name}.js`);
  if (fs.existsSync(cached)) return fs.readFileSync(cached, 'utf8');
  swc ??= require('@swc/core');
  const { code } = swc.transformSync(source, { filename, sourceMaps: 'inline', ...options });
  try {
    fs.mkdirSync(cache, { recursive: true });
    const unfinished = `${cached}.${process.pid}`;
    fs.writeFileSync(unfinished, code);
    fs.renameSync(unfinished, cached);
  } catch (error) {
    if (!['EACCES', 'EROFS', 'ENOSPC', 'EPERM'].includes(error.code)) throw error;
  }
  return code;
}

require.extensions['.ts'] = (module, filename) => module._compile(compile(filename), filename);

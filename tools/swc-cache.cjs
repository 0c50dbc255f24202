/**
 * Compiled TypeScript of the workspace, kept under `node_modules/.cache` and named by the hash of the text and of the
 * options, so that a start that finds everything compiled does not load the compiler at all: that is what keeps
 * `sluice --help` under 200 ms.
 */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const options = require('./swc-options.cjs');

const folder = path.join(__dirname, '../node_modules/.cache/sluice-swc');
const salt = JSON.stringify(options) + require('@swc/core/package.json').version;

/** A file's text, and where its compiled text is or will be. */
function lookUp(filename) {
  const source = fs.readFileSync(filename, 'utf8');
  const name = createHash('sha1').update(salt).update(filename).update(source).digest('hex');
  return { filename, source, compiled: path.join(folder, `${name}.js`) };
}

/** A cache that cannot be written costs time, never the run. */
function compile({ filename, source, compiled }) {
  const { code } = require('@swc/core').transformSync(source, { filename, sourceMaps: 'inline', ...options });
  try {
    fs.mkdirSync(folder, { recursive: true });
    const unfinished = `${compiled}.${process.pid}`;
    fs.writeFileSync(unfinished, code);
    fs.renameSync(unfinished, compiled);
  } catch (error) {
    if (!['EACCES', 'EROFS', 'ENOSPC', 'EPERM'].includes(error.code)) throw error;
  }
  return code;
}

module.exports = { lookUp, compile };

const fs = require('node:fs');
const path = require('node:path');

/** One run over all projects, so that a newcomer reads one summary and one PostgreSQL is started. */
const roots = ['apps', 'libs/platform', 'libs/trading', 'tools'];
const projects = roots
  .flatMap((root) => [root, ...fs.readdirSync(path.join(__dirname, root)).map((name) => path.join(root, name))])
  .filter((dir) => fs.existsSync(path.join(__dirname, dir, 'jest.config.cjs')))
  .map((dir) => `<rootDir>/${dir}`);

module.exports = {
  projects,
  testTimeout: require('./tools/jest.preset.cjs').testTimeout,
  maxWorkers: 2,
  // What test files load is never quite given back; beyond this a worker spends more time on collecting garbage than on tests.
  workerIdleMemoryLimit: '600MB',
};

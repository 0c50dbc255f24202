const path = require('node:path');

/** What every project's tests share. `servers.setup` starts one PostgreSQL and one Redis for the whole run. */
module.exports = {
  testEnvironment: 'node',
  // No limit of a test's own is smaller. Only what hangs reaches it: a slow machine, or a disk that stands still, does not.
  testTimeout: 240_000,
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', require('./swc-options.cjs')] },
  moduleFileExtensions: ['ts', 'js', 'cjs', 'mjs', 'json', 'node'],
  globalSetup: path.join(__dirname, 'jest.setup.cjs'),
  globalTeardown: path.join(__dirname, 'jest.teardown.cjs'),
};

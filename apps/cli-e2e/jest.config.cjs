module.exports = { ...require('../../tools/jest.preset.cjs'), displayName: 'cli-e2e', rootDir: __dirname };

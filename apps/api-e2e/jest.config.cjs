module.exports = { ...require('../../tools/jest.preset.cjs'), displayName: 'api-e2e', rootDir: __dirname };

module.exports = { ...require('../../../tools/jest.preset.cjs'), displayName: 'cache', rootDir: __dirname };

module.exports = { ...require('../../../tools/jest.preset.cjs'), displayName: 'redis', rootDir: __dirname };

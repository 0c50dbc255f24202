module.exports = { ...require('../../../tools/jest.preset.cjs'), displayName: 'trading-caching', rootDir: __dirname };

module.exports = { ...require('../../../tools/jest.preset.cjs'), displayName: 'trading-legacy', rootDir: __dirname };

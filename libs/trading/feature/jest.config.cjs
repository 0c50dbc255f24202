module.exports = { ...require('../../../tools/jest.preset.cjs'), displayName: 'trading-feature', rootDir: __dirname };

module.exports = { ...require('../../../tools/jest.preset.cjs'), displayName: 'legacy', rootDir: __dirname };

module.exports = { ...require('../../../tools/jest.preset.cjs'), displayName: 'observability', rootDir: __dirname };

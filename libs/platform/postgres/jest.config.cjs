module.exports = { ...require('../../../tools/jest.preset.cjs'), displayName: 'postgres', rootDir: __dirname };

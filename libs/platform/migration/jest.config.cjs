module.exports = { ...require('../../../tools/jest.preset.cjs'), displayName: 'migration', rootDir: __dirname };

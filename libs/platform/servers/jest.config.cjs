module.exports = { ...require('../../../tools/jest.preset.cjs'), displayName: 'servers', rootDir: __dirname };

module.exports = {
  ...require('../../../tools/jest.preset.cjs'),
  displayName: 'trading-persistence',
  rootDir: __dirname,
};

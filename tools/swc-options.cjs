/** One set of compiler options for everything that runs TypeScript directly: the tests, the command line, the API. */
module.exports = {
  swcrc: false,
  module: { type: 'commonjs', ignoreDynamic: false },
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    target: 'es2022',
    keepClassNames: true,
  },
};

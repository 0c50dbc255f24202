#!/usr/bin/env node
/** `npm run docs:reference`: writes docs/reference from the code. */
require('../swc-register.cjs');
const { writeReference } = require('./reference');

writeReference().then(
  (files) => process.stdout.write(`${files.join('\n')}\n`),
  (error) => {
    process.stderr.write(`${error.stack ?? error}\n`);
    process.exitCode = 1;
  },
);

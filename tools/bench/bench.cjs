#!/usr/bin/env node
/** `npm run bench -- NAME`: measures against peers, in turn, in one run on one machine. */
require('../swc-register.cjs');

const benches = {
  migrate: './migrate.bench.ts',
  cache: './cache.bench.ts',
  api: './api.bench.ts',
  follow: './follow.bench.ts',
};
const [, , name, ...args] = process.argv;
if (!benches[name]) {
  process.stderr.write(`npm run bench -- NAME, where NAME is one of: ${Object.keys(benches).join(', ')}\n`);
  process.exit(2);
}
require(benches[name])
  .default(args)
  .catch((error) => {
    process.stderr.write(`${error.stack ?? error}\n`);
    process.exitCode = 1;
  });

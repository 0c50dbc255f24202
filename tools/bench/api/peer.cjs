/** One peer as a process of its own: `peer.cjs NAME` with what it is given as JSON in BENCH_GIVEN. Prints its port. */
require('../../swc-register.cjs');
const { peers } = require('./contestants.ts');

peers[process.argv[2]](JSON.parse(process.env.BENCH_GIVEN)).then((port) => process.stdout.write(`${port}\n`));

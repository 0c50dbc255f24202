/** Measures one contestant's memory in a process of its own: `memory-child.cjs URL NAME`. */
require('../../swc-register.cjs');
require('./memory-child.ts').run(process.argv[2], process.argv[3], global.gc);

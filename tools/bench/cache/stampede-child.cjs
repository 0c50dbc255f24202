/** One process of the stampede: `stampede-child.cjs URL NAME`. */
require('../../swc-register.cjs');
require('./stampede-child.ts').run(process.argv[2], process.argv[3]);

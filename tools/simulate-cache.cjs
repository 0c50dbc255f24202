/**
 * The long run of the cache's simulation: `node tools/simulate-cache.cjs --seeds 10000 --from 1`. Prints each seed that
 * fails, and ends with 1 if there is one; says on standard error how far it is. `--seeds 1 --from N --trace` replays one with
 * everything that happened.
 */
require('./swc-register.cjs');
const { parseArgs } = require('node:util');
const { simulate } = require('../libs/platform/cache/src/testing/simulation.ts');

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    from: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});

async function main() {
  const first = Number(values.from);
  const last = first + Number(values.seeds) - 1;
  let failed = 0;
  let answers = 0;
  for (let seed = first; seed <= last; seed++) {
    const outcome = await simulate(seed, { isTraced: values.trace });
    if ((seed - first + 1) % 500 === 0)
      console.error(`${seed - first + 1} of ${last - first + 1} seeds, ${failed} failed`);
    answers += outcome.answers;
    for (const line of outcome.trace) console.log(line);
    if (outcome.violations.length === 0) continue;
    failed++;
    console.log(`seed ${seed} fails:\n  ${outcome.violations.slice(0, 3).join('\n  ')}`);
  }
  console.log(`${last - first + 1} seeds, ${answers} fresh answers checked, ${failed} seeds failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

void main();

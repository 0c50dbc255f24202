import path from 'node:path';
import { rehearse } from '@sluice/migration';
import { findMigrationsFolder } from '@sluice/postgres';
import { tradingWriteBacks } from '@sluice/trading-legacy';
import type { Context } from '../context';
import { cutoverOptions } from '../cutover';
import { exitCodes } from '../exit-codes';

/** Exit 0 when the way there and back was gone on a copy, 3 where it was not; both are recorded. */
export default async function rehearseCutover(context: Context): Promise<number> {
  const records = await rehearse({
    ...cutoverOptions(context),
    version: context.version,
    writeBacks: tradingWriteBacks,
    migrationsDir: path.resolve(findMigrationsFolder()),
    onStep: (step) => context.log(step),
  });
  if (context.options.json) context.print(JSON.stringify(records, null, 2));
  else for (const { domain, rehearsedBy } of records) context.print(`${domain}: there and back, with every write. Rehearsed by ${rehearsedBy}.`); // prettier-ignore
  return exitCodes.done;
}

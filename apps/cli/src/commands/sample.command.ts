import path from 'node:path';
import { makeSampleTree, sampleTables, type SampleTable } from '@sluice/trading-legacy';
import { UsageError } from '../cli.errors';
import { exitCodes } from '../exit-codes';
import { pairs, wholeNumber, type Context } from '../context';
import { countOf, formatCount, formatTable } from '../output/table';
import { makeWritable } from '../writable-folder';

export default async function sample(context: Context, dir = ''): Promise<number> {
  const { options } = context;
  const folder = path.resolve(dir);
  makeWritable('DIR', folder);
  const summary = makeSampleTree({
    dir: folder,
    seed: wholeNumber('--seed', options.seed ?? '1', 0),
    rows: wholeNumber('--rows', options.rows ?? '20000', 0),
    tables: tableSizes(options.table),
    hazards: options.hazards ?? true,
    secondPlace: options.secondPlace ?? false,
    force: options.force ?? false,
  });
  if (options.json) {
    context.print(JSON.stringify(summary, null, 2));
    return exitCodes.done;
  }
  const rows = Object.entries(summary.tables).map(([table, count]) => [table, formatCount(count)]);
  context.print(formatTable(['table', 'rows'], rows, ['left', 'right']));
  context.print(`${countOf(summary.rows, 'row')} in ${countOf(summary.files.length, 'file')} below ${summary.dir}.`);
  if (summary.hazards.length > 0) {
    const waiting = summary.hazards.filter(({ expected }) => expected === 'quarantined').length;
    context.print(
      `Planted: ${countOf(summary.hazards.length, 'awkward value')}; for the quarantine: ${countOf(waiting, 'row')}.`,
    );
  }
  return exitCodes.done;
}

function tableSizes(values: readonly string[] | undefined): Partial<Record<SampleTable, number>> {
  const sizes: Partial<Record<SampleTable, number>> = {};
  for (const [table, rows] of Object.entries(pairs('table', values))) {
    const known = sampleTables.find((name) => name === table);
    if (!known)
      throw new UsageError(`There is no table "${table}".`, { remedy: `The tables are: ${sampleTables.join(', ')}.` });
    sizes[known] = wholeNumber('--table', rows, 0);
  }
  return sizes;
}

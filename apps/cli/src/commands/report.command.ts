import { findLastReport, reportHtml, reportMarkdown } from '@sluice/migration';
import { UsageError } from '../cli.errors';
import { exitCodes } from '../exit-codes';
import type { Context } from '../context';
import { withDatabase } from '../database';

export default async function report(context: Context): Promise<number> {
  const evidence = await withDatabase(context, 'report', (client) => findLastReport(client));
  if (!evidence)
    throw new UsageError('There is no report yet.', { remedy: 'Run `sluice migrate` or `sluice verify` first.' });
  const format = context.options.json ? 'json' : context.options.format;
  if (format === 'json') context.print(JSON.stringify(evidence, null, 2));
  else context.print(format === 'html' ? reportHtml(evidence) : reportMarkdown(evidence));
  return exitCodes.done;
}

import { findLastReport, reportHtml, reportMarkdown } from '@sluice/migration';
import { UsageError } from '../cli.errors';
import { exitCodes } from '../exit-codes';
import type { Context } from '../context';
import { tellBrokenAudit } from '../cutover';
import { withDatabase } from '../database';

/** Exit 3 where the audit log around it is not what was written, and nobody has looked into it. */
export default async function report(context: Context): Promise<number> {
  const evidence = await withDatabase(context, 'report', (client) => findLastReport(client));
  if (!evidence)
    throw new UsageError('There is no report yet.', { remedy: 'Run `sluice migrate` or `sluice verify` first.' });
  const format = context.options.json ? 'json' : context.options.format;
  if (format === 'json') context.print(JSON.stringify(evidence, null, 2));
  else context.print(format === 'html' ? reportHtml(evidence) : reportMarkdown(evidence));
  tellBrokenAudit(context, evidence.audit.open);
  return evidence.audit.open.length > 0 ? exitCodes.refused : exitCodes.done;
}

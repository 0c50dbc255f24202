import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { findLastReport, reportHtml, reportMarkdown } from '@sluice/migration';
import type { Context } from './context';
import { withDatabase } from './database';

/** The evidence of the run that has just ended, as `sluice report` gives it, in three forms named by the run. */
export async function writeReportFiles(context: Context, dir: string): Promise<void> {
  const evidence = await withDatabase(context, 'report', (client) => findLastReport(client));
  if (!evidence) return;
  const place = path.join(dir, evidence.report.runId);
  writeFileSync(`${place}.json`, `${JSON.stringify(evidence, null, 2)}\n`);
  writeFileSync(`${place}.md`, reportMarkdown(evidence));
  writeFileSync(`${place}.html`, reportHtml(evidence));
  context.log(`The report is in ${place}.json, .md and .html.`);
}

import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findLastReport, reportHtml, reportMarkdown } from '@sluice/migration';
import { UsageError } from './cli.errors';
import type { Context } from './context';
import { withDatabase } from './database';

/** Before the run, so that hours of work do not end with a folder that cannot be written. Throws a usage error. */
export function makeReportDir(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true });
    accessSync(dir, constants.W_OK);
  } catch (cause) {
    throw new UsageError(`--report-dir cannot be written.`, {
      cause,
      remedy: 'Name a folder that this user may write.',
    });
  }
}

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

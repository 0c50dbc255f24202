import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { cutoverEvidence, evidenceHtml, evidenceMarkdown } from '@sluice/migration';
import type { Context } from '../context';
import { tellBrokenAudit } from '../cutover';
import { withDatabase } from '../database';
import { exitCodes } from '../exit-codes';
import { bigintAsText } from '../output/progress';
import { makeWritable } from '../writable-folder';

/**
 * The evidence of the whole move, from one moment of PostgreSQL; with `--report-dir` in all three forms, as files. Exit 3 where the
 * audit log that it rests on is not what was written, and nobody has looked into it.
 */
export default async function report(context: Context): Promise<number> {
  const { options, print } = context;
  if (options.reportDir !== undefined) makeWritable('--report-dir', options.reportDir);
  const evidence = await withDatabase(context, 'cutover report', (client) => cutoverEvidence(client));
  const json = JSON.stringify(evidence, bigintAsText, 2);
  if (options.reportDir !== undefined) {
    const place = path.join(options.reportDir, `cutover-${evidence.takenAt.replace(/[:.]/g, '-')}`);
    writeFileSync(`${place}.json`, `${json}\n`, { flag: 'wx' });
    writeFileSync(`${place}.md`, evidenceMarkdown(evidence), { flag: 'wx' });
    writeFileSync(`${place}.html`, evidenceHtml(evidence), { flag: 'wx' });
    context.log(`The report is in ${place}.json, .md and .html.`);
  }
  if (options.json || options.format === 'json') print(json);
  else print(options.format === 'html' ? evidenceHtml(evidence) : evidenceMarkdown(evidence));
  tellBrokenAudit(context, evidence.audit.open);
  return evidence.audit.open.length > 0 ? exitCodes.refused : exitCodes.done;
}

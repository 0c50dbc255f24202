import { residualPhrase } from '../run/migration-report';
import type { Evidence } from './last-report';
import { escapeText } from './markdown';
import { auditSentence, columns, details, remarksOf, tableCells, verdictSentence } from './report-content';

/** The report as Markdown. */
export function reportMarkdown(evidence: Evidence): string {
  const { report } = evidence;
  const row = (cells: readonly string[]): string => `| ${cells.map(escapeText).join(' | ')} |`;
  return [
    `# Migration report: ${report.command}`,
    '',
    `**${verdictSentence(report)}**`,
    '',
    ...details(report).map(([name, value]) => `- ${name}: ${escapeText(value)}`),
    `- Audit log: ${auditSentence(evidence)}`,
    '',
    '## Tables',
    '',
    row(columns),
    row(columns.map(() => '---')),
    ...report.tables.map((table) => row(tableCells(table))),
    '',
    ...section('Rules that changed values', rules(evidence)),
    ...section('Rows left behind', leftBehind(evidence)),
    ...section('Differences', differences(evidence)),
    ...section('Remarks', remarksOf(report).map(escapeText)),
    'Run `sluice verify` to prove it again.',
    '',
  ].join('\n');
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`## ${title}`, '', ...lines.map((line) => `- ${line}`), ''];

const rules = ({ report }: Evidence): string[] =>
  report.tables.flatMap((table) =>
    Object.entries(table.normalised).map(
      ([rule, count]) => `\`${table.table}.${rule}\`: ${count} values${residualPhrase(table, rule)}`,
    ),
  );

const leftBehind = ({ report }: Evidence): string[] =>
  report.tables.flatMap(({ table, skipped }) =>
    Object.entries(skipped).map(([reason, count]) => `\`${table}\`: ${count} rows, ${reason}`),
  );

const differences = ({ report }: Evidence): string[] =>
  report.tables.flatMap(({ table, verification }) =>
    (verification?.found ?? [])
      .slice(0, 20)
      .map(
        ({ rowKey, column, entry, kind }) =>
          `\`${table}\` ${escapeText(rowKey)} ${column ?? ''}${entry === undefined ? '' : ` (\`${entry}\`)`}: ${kind}`,
      ),
  );

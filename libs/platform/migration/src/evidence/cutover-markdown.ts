import type { CutoverEvidence } from './cutover-evidence';
import { aboutEvidence, openMatters, sections, stateSentence } from './cutover-content';
import { escapeText } from './markdown';

/** The evidence of a live migration as Markdown. */
export function evidenceMarkdown(evidence: CutoverEvidence): string {
  return [
    '# Live migration',
    '',
    `**${escapeText(stateSentence(evidence))}**`,
    '',
    ...openMatters(evidence).map((line) => `- ${escapeText(line)}`),
    '',
    ...aboutEvidence(evidence).map(([name, value]) => `- ${name}: ${escapeText(value)}`),
    '',
    ...sections(evidence).flatMap(({ title, columns, rows, none }) => [
      `## ${title}`,
      '',
      ...(rows.length === 0 ? [none] : [row(columns), row(columns.map(() => '---')), ...rows.map(row)]),
      '',
    ]),
  ].join('\n');
}

const row = (cells: readonly string[]): string => `| ${cells.map(escapeText).join(' | ')} |`;

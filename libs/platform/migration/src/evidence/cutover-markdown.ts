import type { CutoverEvidence } from './cutover-evidence';
import { aboutEvidence, openMatters, sections, stateSentence } from './cutover-content';

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

/** Nothing in a value becomes markup: neither of Markdown nor of the HTML that Markdown lets through. */
const escapeText = (text: string): string =>
  text.replace(/[\r\n]+/g, ' ').replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`).replace(/[\\|*_`[\]]/g, '\\$&'); // prettier-ignore

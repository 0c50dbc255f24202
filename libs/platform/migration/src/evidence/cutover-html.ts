import { modesChart, readsChart, verificationsChart } from './cutover-charts';
import { aboutEvidence, openMatters, sections, stateSentence, verdictOf, type Section } from './cutover-content';
import type { CutoverEvidence } from './cutover-evidence';
import { escape, grid, list, page, terms } from './page';

/** The evidence of a live migration as one self-contained page: no script, no request to anywhere. */
export function evidenceHtml(evidence: CutoverEvidence): string {
  const charts: Readonly<Record<string, string>> = {
    'Changes of modes': modesChart(evidence),
    Verifications: verificationsChart(evidence),
    'Shadow reads': readsChart(evidence),
  };
  return page(
    'Sluice: live migration',
    `<h1>Live migration</h1>
<p class="verdict ${verdictOf(evidence)}">${escape(stateSentence(evidence))}</p>
${list('Open', openMatters(evidence))}
${terms(aboutEvidence(evidence))}
${sections(evidence).map((section) => shown(section, charts[section.title] ?? '')).join('\n')}`, // prettier-ignore
  );
}

const shown = ({ title, columns, rows, none }: Section, chart: string): string =>
  `<h2>${escape(title)}</h2>\n${rows.length === 0 ? `<p>${escape(none)}</p>` : `${chart}${grid(columns, rows)}`}`;

import { isEqual, residualPhrase, type TableReport } from '../run/migration-report';
import type { Evidence } from './last-report';
import { escape, grid, list, page, terms } from './page';
import { auditSentence, columns, details, remarksOf, tableCells, verdictSentence } from './report-content';

/** The report as one self-contained page: no script, no request to anywhere. */
export function reportHtml(evidence: Evidence): string {
  const { report } = evidence;
  const verdict = report.exitCode === 0 ? 'good' : report.exitCode === 4 ? 'wait' : 'bad';
  return page(
    `Sluice: ${report.command} report`,
    `<h1>Migration report</h1>
<p class="verdict ${verdict}">${escape(verdictSentence(report))}</p>
${terms([...details(report), ['Audit log', auditSentence(evidence)] as const])}
<h2>Rows and time</h2>
${chart(report.tables)}
<h2>Tables</h2>
${grid(columns, report.tables.map(tableCells))}
${list('Rules that changed values', pairsOf(report.tables, 'normalised'))}
${list('Rows left behind', pairsOf(report.tables, 'skipped'))}
${list('Differences', foundIn(report.tables))}
${list('Remarks', remarksOf(report))}`,
  );
}

const pairsOf = (tables: readonly TableReport[], what: 'normalised' | 'skipped'): string[] =>
  tables.flatMap((table) =>
    Object.entries(table[what]).map(
      ([name, count]) => `${table.table}: ${name}: ${count}${what === 'normalised' ? residualPhrase(table, name) : ''}`,
    ),
  );

const foundIn = (tables: readonly TableReport[]): string[] =>
  tables.flatMap(({ table, verification }) =>
    (verification?.found ?? [])
      .slice(0, 50)
      .map(({ rowKey, column, kind }) => `${table} ${rowKey} ${column ?? ''}: ${kind}`),
  );

const ROW_HEIGHT = 26;
const LABEL_WIDTH = 220;
const BAR_WIDTH = 420;

/** Horizontal bars on a logarithmic scale: tables differ by powers of ten, and none must vanish. */
function chart(tables: readonly TableReport[]): string {
  const shown = tables.filter(({ rowsSource }) => rowsSource > 0);
  if (shown.length === 0) return '<p>No rows.</p>';
  const most = Math.log10(Math.max(...shown.map(({ rowsSource }) => rowsSource)) + 1);
  const rows = shown.map((table, i) => {
    const width = Math.max(2, (Math.log10(table.rowsSource + 1) / most) * BAR_WIDTH);
    const y = i * ROW_HEIGHT;
    const state = table.verification ? (isEqual(table) ? 'good' : 'bad') : 'wait';
    const label = `${table.rowsSource} rows · copy ${table.copyMs} ms · verify ${table.verifyMs} ms`;
    return `<text x="${LABEL_WIDTH - 8}" y="${y + 17}" text-anchor="end">${escape(table.table)}</text>
<rect class="${state}" x="${LABEL_WIDTH}" y="${y + 4}" width="${width.toFixed(1)}" height="${ROW_HEIGHT - 8}" rx="3"/>
<text class="value" x="${(LABEL_WIDTH + width + 8).toFixed(1)}" y="${y + 17}">${escape(label)}</text>`;
  });
  const height = shown.length * ROW_HEIGHT;
  return `<svg viewBox="0 0 ${LABEL_WIDTH + BAR_WIDTH + 330} ${height}" role="img" aria-label="Rows per table, logarithmic">
${rows.join('\n')}</svg>`;
}

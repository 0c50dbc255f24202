import { isEqual, residualPhrase, type TableReport } from '../run/migration-report';
import type { Evidence } from './last-report';
import { auditSentence, columns, details, remarksOf, tableCells, verdictSentence } from './report-content';

/** The report as one self-contained page: no script, no request to anywhere. */
export function reportHtml(evidence: Evidence): string {
  const { report } = evidence;
  const verdict = report.exitCode === 0 ? 'good' : report.exitCode === 4 ? 'wait' : 'bad';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluice: ${escape(report.command)} report</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Migration report</h1>
<p class="verdict ${verdict}">${escape(verdictSentence(report))}</p>
<dl>${[...details(report), ['Audit log', auditSentence(evidence)] as const]
    .map(([name, value]) => `<div><dt>${escape(name)}</dt><dd>${escape(value)}</dd></div>`)
    .join('')}</dl>
<h2>Rows and time</h2>
${chart(report.tables)}
<h2>Tables</h2>
<div class="scroll"><table>
<thead><tr>${columns.map((name) => `<th>${escape(name)}</th>`).join('')}</tr></thead>
<tbody>${report.tables.map((table) => `<tr>${tableCells(table).map(cell).join('')}</tr>`).join('\n')}</tbody>
</table></div>
${list('Rules that changed values', pairsOf(report.tables, 'normalised'))}
${list('Rows left behind', pairsOf(report.tables, 'skipped'))}
${list('Differences', foundIn(report.tables))}
${list('Remarks', remarksOf(report))}
</main>
</body>
</html>`;
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

const cell = (text: string): string => `<td${/^\d+$/.test(text) ? ' class="number"' : ''}>${escape(text)}</td>`;

const list = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `<h2>${title}</h2><ul>${lines.map((line) => `<li>${escape(line)}</li>`).join('')}</ul>`;

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

const STYLE = `
:root{color-scheme:light dark;--good:#2f7d4f;--wait:#b07a12;--bad:#b3382c;--line:#8884;}
body{font:15px/1.5 system-ui,sans-serif;margin:0;}
main{max-width:1240px;margin:0 auto;padding:24px;}
h1{font-size:24px;margin:0 0 8px;}h2{font-size:17px;margin:28px 0 8px;}
.verdict{font-weight:600;padding:10px 14px;border-radius:6px;color:#fff;}
.verdict.good{background:var(--good);}.verdict.wait{background:var(--wait);}.verdict.bad{background:var(--bad);}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(320px,1fr));gap:4px 24px;}
dl div{display:flex;gap:8px;}dt{opacity:.7;min-width:90px;}dd{margin:0;overflow-wrap:anywhere;}
.scroll{overflow-x:auto;}table{border-collapse:collapse;width:100%;}
th,td{text-align:left;padding:5px 10px;border-bottom:1px solid var(--line);white-space:nowrap;}
.number{text-align:right;font-variant-numeric:tabular-nums;}
svg{width:100%;height:auto;font-size:13px;}svg text{fill:currentColor;}svg .value{opacity:.75;}
rect.good{fill:var(--good);}rect.wait{fill:var(--wait);}rect.bad{fill:var(--bad);}
`;

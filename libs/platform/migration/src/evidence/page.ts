/** What the HTML pages of the evidence share. They ask nothing of anybody: no script, no font, no image from outside. */

export const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

export const list = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `<h2>${title}</h2><ul>${lines.map((line) => `<li>${escape(line)}</li>`).join('')}</ul>`;

/** Terms and what is said of them. */
export const terms = (pairs: readonly (readonly [string, string])[]): string =>
  `<dl>${pairs.map(([name, value]) => `<div><dt>${escape(name)}</dt><dd>${escape(value)}</dd></div>`).join('')}</dl>`;

/** What is longer is broken into lines, so that a page of tables stays within the page. */
const MOST_ON_A_LINE = 60;

/** A column of nothing but numbers stands to the right, with its name. */
export function grid(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const kinds = columns.map((_, i) => (rows.every((cells) => /^\d+$/.test(cells[i] ?? '')) ? ' class="number"' : ''));
  const cell = (text: string, i: number): string =>
    `<td${kinds[i] || (text.length > MOST_ON_A_LINE ? ' class="wide"' : '')}>${escape(text)}</td>`;
  return `<div class="scroll"><table>
<thead><tr>${columns.map((name, i) => `<th${kinds[i]}>${escape(name)}</th>`).join('')}</tr></thead>
<tbody>${rows.map((cells) => `<tr>${cells.map(cell).join('')}</tr>`).join('\n')}</tbody>
</table></div>`;
}

/** `body` is HTML. The colours follow the reader's theme, and on paper what carries meaning keeps its colour. */
export const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>`;

const STYLE = `
:root{color-scheme:light dark;--good:#2f7d4f;--wait:#946200;--bad:#b3382c;--line:#8884;
--legacy:#6b7280;--dual:#946200;--shadow:#6b5bb5;--cutover:#2a6fb0;--new:#2f7d4f;}
body{font:15px/1.5 system-ui,sans-serif;margin:0;}
main{max-width:1240px;margin:0 auto;padding:24px;}
h1{font-size:24px;margin:0 0 8px;}h2{font-size:17px;margin:28px 0 8px;}
.verdict{font-weight:600;padding:10px 14px;border-radius:6px;color:#fff;}
.verdict.good{background:var(--good);}.verdict.wait{background:var(--wait);}.verdict.bad{background:var(--bad);}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(320px,1fr));gap:4px 24px;}
dl div{display:flex;gap:8px;}dt{opacity:.7;min-width:90px;}dd{margin:0;overflow-wrap:anywhere;}
.scroll{overflow-x:auto;}table{border-collapse:collapse;width:100%;}
th,td{text-align:left;padding:5px 10px;border-bottom:1px solid var(--line);white-space:nowrap;}
td.wide{white-space:normal;overflow-wrap:anywhere;min-width:16em;}
.number,th.number{text-align:right;font-variant-numeric:tabular-nums;}
.key{display:flex;gap:4px 18px;flex-wrap:wrap;margin:6px 0;}.key span{display:flex;gap:6px;align-items:center;}
.key i{width:12px;height:12px;border-radius:3px;}
svg{width:100%;height:auto;font-size:13px;}svg text{fill:currentColor;}svg .value{opacity:.75;}svg .on{fill:#fff;}
svg line{stroke:var(--line);}
rect.good,circle.good{fill:var(--good);}rect.wait,circle.wait{fill:var(--wait);}rect.bad,circle.bad{fill:var(--bad);}
rect.legacy{fill:var(--legacy);}rect.dual{fill:var(--dual);}rect.shadow{fill:var(--shadow);}
rect.cutover{fill:var(--cutover);}rect.new{fill:var(--new);}
@media print{body{font-size:11px;}main{max-width:none;padding:0;}h2{break-after:avoid;}tr,svg{break-inside:avoid;}
.scroll{overflow:visible;}th,td{white-space:normal;padding:2px 5px;}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact;}}
`;

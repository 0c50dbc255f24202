import { MODES, type Mode } from '../domains';
import type { CutoverEvidence, ShadowEvidence, VerificationEvidence } from './cutover-evidence';
import { escape } from './page';

const ROW = 26;
const LABEL = 240;
const WIDTH = 720;
const VALUE = 200;

/** Which mode each domain was in, over the time from the first change to the moment of the report. */
export function modesChart({ changes, takenAt }: CutoverEvidence): string {
  const start = Date.parse(changes[0]?.at ?? takenAt);
  const end = Math.max(Date.parse(takenAt), start + 1);
  const x = (at: string): number => LABEL + ((Date.parse(at) - start) / (end - start)) * WIDTH;
  const domains = [...new Set(changes.map(({ domain }) => domain))].sort();
  const bars = domains.flatMap((domain, i) => {
    const own = changes.filter((change) => change.domain === domain);
    const spans = own.map(({ to, at }, n) => span(to, x(at), x(own[n + 1]?.at ?? takenAt), i));
    return [label(domain, i), ...spans];
  });
  const height = domains.length * ROW + 22;
  const times = `<text class="value" x="${LABEL}" y="${height - 4}">${escape(minute(changes[0]?.at ?? takenAt))}</text>
<text class="value" x="${LABEL + WIDTH}" y="${height - 4}" text-anchor="end">${escape(minute(takenAt))}</text>`;
  return `${key(MODES)}${svg(LABEL + WIDTH + 20, height, 'Modes of the domains over time', [...bars, times])}`;
}

/** A short stay is shown as a thin line and without its name, never left out. */
function span(mode: Mode, from: number, to: number, row: number): string {
  const width = Math.max(2, to - from);
  const shown = escape(mode); // Of the audit log, which anybody may have written to.
  const name = width > mode.length * 8 + 8 ? `<text class="on" x="${(from + 6).toFixed(1)}" y="${row * ROW + 17}">${shown}</text>` : ''; // prettier-ignore
  return `<rect class="${shown}" x="${from.toFixed(1)}" y="${row * ROW + 3}" width="${width.toFixed(1)}" height="${ROW - 6}" rx="2"><title>${shown}</title></rect>${name}`;
}

/** A dot for each of the last twenty verifications of a table, the newest on the right: what was red must be seen to turn green. */
export function verificationsChart({ verifications }: CutoverEvidence): string {
  const tables = [...new Set(verifications.map(({ table }) => table))];
  const dots = tables.flatMap((table, i) => {
    const own = verifications.filter((one) => one.table === table);
    return [
      label(table, i),
      ...own.map((one, n) => dot(one, LABEL + 10 + n * 24, i)),
      value(own.at(-1)!, own.length, i),
    ];
  });
  return svg(LABEL + WIDTH, tables.length * ROW, 'Verifications of each table, oldest first', dots);
}

const dot = ({ at, clean, differences }: VerificationEvidence, x: number, row: number): string =>
  `<circle class="${clean ? 'good' : 'bad'}" cx="${x}" cy="${row * ROW + 13}" r="${clean ? 6 : 9}"><title>${escape(`${at}: ${clean ? 'equal' : `${differences} differences`}`)}</title></circle>`;

const value = ({ clean, rowsSource }: VerificationEvidence, count: number, row: number): string =>
  `<text class="value" x="${LABEL + 10 + count * 24}" y="${row * ROW + 17}">${clean ? `equal, ${rowsSource} rows` : 'DIFFERENT'}</text>`;

/** Of each operation, how many answers of both sides were equal, explained and neither. */
export function readsChart({ shadow }: CutoverEvidence): string {
  const bars = shadow.flatMap((one, i) => [label(`${one.domain} ${one.operation}`, i), ...shares(one, i)]);
  const names = { good: 'equal', wait: 'explained', bad: 'unexplained' };
  const legend = Object.entries(names).map(([color, name]) => swatch(color, name)).join(''); // prettier-ignore
  return `<p class="key">${legend}</p>${svg(LABEL + WIDTH + VALUE, shadow.length * ROW, 'Shadow reads', bars)}`;
}

/** One unexplained read among millions is still seen. */
function shares({ compared, equal, explained, unexplained }: ShadowEvidence, row: number): string[] {
  const parts = [['good', equal], ['wait', explained], ['bad', unexplained]] as const; // prettier-ignore
  const widths = parts.map(([, count]) =>
    count === 0 ? 0 : Math.max(3, (count / Math.max(1, compared)) * WIDTH * 0.97),
  );
  const bars = parts.map(([color], n) => {
    const x = LABEL + widths.slice(0, n).reduce((sum, width) => sum + width, 0);
    return `<rect class="${color}" x="${x.toFixed(1)}" y="${row * ROW + 4}" width="${widths[n]!.toFixed(1)}" height="${ROW - 8}"/>`;
  });
  const end = LABEL + widths.reduce((sum, width) => sum + width, 0);
  return [...bars, `<text class="value" x="${(end + 8).toFixed(1)}" y="${row * ROW + 17}">${compared} compared</text>`];
}

const label = (text: string, row: number): string =>
  `<text x="${LABEL - 10}" y="${row * ROW + 17}" text-anchor="end">${escape(text.length > 34 ? `${text.slice(0, 33)}…` : text)}</text>`;

const key = (modes: readonly Mode[]): string =>
  `<p class="key">${modes.map((mode) => swatch(mode, mode)).join('')}</p>`;

const swatch = (color: string, name: string): string =>
  `<span><i style="background:var(--${color})"></i>${escape(name)}</span>`;

const svg = (width: number, height: number, title: string, parts: readonly string[]): string =>
  height === 0
    ? ''
    : `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">\n${parts.join('\n')}</svg>\n`;

const minute = (at: string): string => `${at.slice(0, 16).replace('T', ' ')} UTC`;

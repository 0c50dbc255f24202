import type { FileInspection, Inspection, TableInspection } from '@sluice/migration';
import { formatLabels } from './inspection-labels';
import { countOf, formatBytes, formatCount, formatTable } from './table';

/** What `inspect` found, as a person reads it: files, tables, hazards and labels, then what to do. */
export function formatInspection(inspection: Inspection): string {
  const tables = inspection.files.flatMap(({ file, tables: found }) => found.map((table) => ({ file, table })));
  const lines = [
    formatTable(
      ['file', 'size', 'journal', 'encoding', 'integrity', 'tables', 'time', 'disk in the target'],
      inspection.files.map(fileLine),
      ['left', 'right', 'left', 'left', 'left', 'right', 'right', 'right'],
    ),
    formatTable(
      ['table', 'file', 'to', 'rows', 'keys', 'next id at least'],
      tables.map(({ file, table }) => tableLine(file, table)),
      ['left', 'left', 'left', 'right', 'right', 'right'],
    ),
  ];
  const hazards = tables.flatMap(({ table }) => hazardLines(table));
  if (hazards.length > 0) {
    lines.push(
      formatTable(['column', 'code', 'values', 'what becomes of them', 'first keys'], hazards, [
        'left',
        'left',
        'right',
        'left',
        'left',
      ]),
    );
  }
  const labels = tables.flatMap(({ table }) => table.labels);
  if (labels.length > 0) lines.push(formatLabels(labels));
  const remarks = remarksOf(inspection);
  return [...lines, ...remarks, '', conclusion(inspection)].join('\n');
}

const fileLine = (file: FileInspection): string[] => [
  file.file,
  formatBytes(file.sizeBytes),
  file.journalMode,
  file.encoding,
  file.integrity.length === 0 ? 'ok' : countOf(file.integrity.length, 'finding'),
  String(file.tables.length),
  `${file.estimate.seconds} s`,
  formatBytes(file.estimate.targetBytes),
];

function tableLine(file: string, { table, target, rows, keys }: TableInspection): string[] {
  const known = [keys.greatest, keys.highWater].flatMap((key) => (key === null ? [] : [BigInt(key)]));
  const top = known.reduce((most, key) => (key > most ? key : most), 0n);
  const range = keys.least === null ? '' : `${keys.least} to ${keys.greatest}`;
  return [
    table,
    file,
    target === 'postgres' ? 'Postgres' : 'cache',
    formatCount(rows),
    range,
    target === 'postgres' ? String(top + 1n) : '',
  ];
}

const hazardLines = ({ table, columns }: TableInspection): string[][] =>
  columns.flatMap(({ column, hazards }) =>
    hazards.map(({ code, outcome, rule, about, count, keys }) => [
      `${table}.${column}`,
      code,
      formatCount(count),
      outcomeText(outcome, rule, about),
      keys.join(', '),
    ]),
  );

/** What is said of a rule names the rule, mostly: then it is said once. */
const outcomeText = (outcome: string, rule: string | undefined, about: string): string =>
  rule !== undefined && about.includes(rule) ? about : `${outcome}${rule ? ` (${rule})` : ''}: ${about}`;

function remarksOf({ files, missing, notes }: Inspection): string[] {
  const lines = [
    ...notes,
    ...missing.map(({ table, reason }) => `${table}: ${reason}`),
    ...files.flatMap(({ file, drift }) => drift.map((difference) => `${file}: DRIFT: ${difference}`)),
    ...files.flatMap(({ file, integrity }) => integrity.map((finding) => `${file}: DAMAGED: ${finding}`)),
    ...files.flatMap(({ tables }) => tables.flatMap(({ labels }) => labels.flatMap(({ text }) => text ?? []))),
    ...files.flatMap(({ tables }) =>
      tables.flatMap(({ table, columns }) =>
        columns.flatMap(({ column, notes: seen }) => seen.map((note) => `${table}.${column}: ${note}`)),
      ),
    ),
    ...files.flatMap(({ file, estimate }) =>
      estimate.copyBytes > 0
        ? [
            `${file}: is copied before it is read (${formatBytes(estimate.copyBytes)}); its writers may wait ${estimate.lockSeconds} s`,
          ]
        : [],
    ),
  ];
  return lines.length > 0 ? ['', ...lines.map((line) => `  ${line}`)] : [];
}

function conclusion({ refused, files, missing }: Inspection): string {
  const isDamaged = files.some(({ integrity }) => integrity.length > 0);
  const way = isDamaged ? ' Of a damaged file without a backup `migrate --salvage` takes what can be read.' : '';
  if (refused) return `A migration would be REFUSED (exit 3); nothing was changed.${way}`;
  if (missing.length > 0 && files.every(({ tables }) => tables.length === 0)) {
    return 'There is nothing to migrate: none of these tables has a legacy file. Nothing was changed.';
  }
  const count = files.flatMap(({ tables }) =>
    tables.flatMap(({ columns }) => columns.flatMap(({ hazards }) => hazards)),
  );
  const waiting = count
    .filter(({ outcome }) => outcome === 'quarantined')
    .reduce((sum, hazard) => sum + hazard.count, 0);
  const expectation =
    waiting > 0 ? `about ${countOf(waiting, 'row')} would go to quarantine` : 'no row would go to quarantine';
  return `A migration may run; ${expectation}. Nothing was changed.`;
}

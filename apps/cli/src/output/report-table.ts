import {
  absentPhrase,
  donePhrase,
  isEqual,
  residualPhrase,
  type MigrationReport,
  type TableReport,
} from '@sluice/migration';
import { countOf, formatBytes, formatCount, formatMs, formatTable } from './table';

const HEAD = ['table', 'to', 'source', 'target', 'loaded now', 'quarantined', 'skipped', 'verified', 'copy', 'verify'];

/** The report of a run as a person reads it: a row per table, then what needs attention, then the verdict. */
export function formatReport(report: MigrationReport): string {
  const rows = report.tables.map((table) => [
    table.table,
    table.target === 'postgres' ? 'Postgres' : 'cache',
    table.outcome === 'missing' ? 'missing' : formatCount(table.rowsSource),
    formatCount(table.rowsTarget),
    formatCount(table.loadedNow),
    formatCount(table.quarantined),
    formatCount(sum(table.skipped)),
    verdict(table),
    formatMs(table.copyMs),
    formatMs(table.verifyMs),
  ]);
  const numbers = HEAD.map((_, i) => ([0, 1, 7].includes(i) ? 'left' : 'right') as 'left' | 'right');
  return [formatTable(HEAD, rows, numbers), ...remarks(report), '', conclusion(report)].join('\n');
}

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

function verdict(table: TableReport): string {
  if (table.verification?.clean) return isEqual(table) ? (table.salvage ? 'rest equal' : 'equal') : 'SUMS DIFFER';
  if (table.verification) return `${table.verification.differences} DIFFER`;
  return table.outcome === 'missing' ? '-' : table.outcome;
}

function remarks(report: MigrationReport): string[] {
  const lines = [...report.notes];
  for (const table of report.tables) {
    for (const [rule, count] of Object.entries(table.normalised)) {
      lines.push(
        `${table.table}.${rule}: ${countOf(count, 'value')} changed by this rule${residualPhrase(table, rule)}`,
      );
    }
    for (const [reason, count] of Object.entries(table.skipped)) {
      lines.push(`${table.table}: ${countOf(count, 'row')} left behind: ${reason}`);
    }
    if (table.laneReason)
      lines.push(
        `${table.table}: ${table.outcome === 'deferred' ? 'deferred' : `${table.lane} lane`}, ${table.laneReason}`,
      );
    for (const { column, equal, sourceSum, targetSum } of table.totals) {
      if (!equal)
        lines.push(`${table.table}.${column}: sums differ: ${sourceSum} in the file, ${targetSum} in the target`);
    }
    if (table.nextId?.unused === false) lines.push(`${table.table}: the next id ${table.nextId.value} was used before`);
    for (const found of table.verification?.found.slice(0, 5) ?? []) {
      const entry = found.entry === undefined ? '' : ` (${found.entry})`;
      lines.push(`${table.table} ${found.rowKey}${found.column ? `.${found.column}` : ''}${entry}: ${found.kind}`);
    }
    lines.push(...(table.remarks ?? []));
  }
  return lines.length > 0 ? ['', ...lines.map((line) => `  ${line}`)] : [];
}

function conclusion(report: MigrationReport): string {
  const quarantined = report.tables.reduce((total, table) => total + table.quarantined, 0);
  const different = report.tables.filter((table) => table.verification && !isEqual(table));
  const deferred = report.tables.filter(({ outcome }) => outcome === 'deferred');
  const later = `${absentPhrase(report)}${laterText(deferred)}`;
  const memory = `peak memory ${formatBytes(report.peakMemoryBytes)}`;
  if (different.length > 0) {
    return `NOT EQUAL: ${different.map(({ table }) => table).join(', ')} (exit 5; ${memory}). See \`sluice report\`.`;
  }
  const salvaged = report.tables.filter(({ salvage }) => salvage).map(({ table }) => table);
  if (salvaged.length > 0) {
    return `Salvaged from damaged files: ${salvaged.join(', ')}. What can be read is equal, what cannot is in quarantine (exit 4; ${memory}). See \`sluice quarantine list\`.${later}`;
  }
  if (quarantined > 0) {
    return `Complete and equal, but ${countOf(quarantined, 'row')} ${quarantined === 1 ? 'is' : 'are'} in quarantine (exit 4; ${memory}). See \`sluice quarantine list\`.${later}`;
  }
  return `${donePhrase(report)} (exit 0; ${memory}).${later}`;
}

const laterText = (deferred: readonly TableReport[]): string =>
  deferred.length === 0
    ? ''
    : ` Not looked at, because no Redis is given (REDIS_URL): ${deferred.map(({ table }) => table).join(', ')}.`;

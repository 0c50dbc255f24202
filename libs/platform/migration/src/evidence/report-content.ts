import { absentPhrase, donePhrase, isEqual, type MigrationReport, type TableReport } from '../run/migration-report';
import type { Evidence } from './last-report';

export const columns = [
  'Table',
  'From',
  'To',
  'Source rows',
  'Target rows',
  'Quarantined',
  'Verified',
  'Digest of the source',
];

export const tableCells = (table: TableReport): string[] => [
  table.table,
  table.source ?? 'no such file',
  table.target === 'postgres' ? 'Postgres' : 'cache',
  String(table.rowsSource),
  String(table.rowsTarget),
  String(table.quarantined),
  table.verification
    ? isEqual(table)
      ? table.salvage
        ? 'equal as far as it can be read'
        : 'equal'
      : `${table.verification.differences} differences`
    : table.outcome,
  table.verification?.digest.slice(0, 16) ?? '',
];

export function verdictSentence(report: MigrationReport): string {
  const deferred = report.tables.filter(({ outcome }) => outcome === 'deferred').map(({ table }) => table);
  const unread = deferred.length > 0 ? ` Not looked at, because no Redis was given: ${deferred.join(', ')}.` : '';
  const later = `${absentPhrase(report)}${unread}`;
  if (report.exitCode === 5) return `Source and target differ.${later}`;
  if (report.tables.some(({ salvage }) => salvage)) {
    return `Salvaged from a damaged file: equal as far as it can be read; the rest is in quarantine.${later}`;
  }
  if (report.exitCode === 4) return `Complete and equal, with rows in quarantine.${later}`;
  return `${donePhrase(report)}.${later}`;
}

/** What a reader should know of the tables. Reports of earlier versions have none. */
export const remarksOf = (report: MigrationReport): string[] => report.tables.flatMap(({ remarks }) => remarks ?? []);

export const details = (report: MigrationReport): [string, string][] => [
  ['Run', report.runId],
  ['Legacy root', report.root],
  ['Begun', report.startedAt],
  ['Ended', report.finishedAt],
  ['Sluice', report.version],
  [
    'Choices',
    Object.entries(report.choices)
      .map(([column, reading]) => `${column} = ${reading}`)
      .join(', ') || 'none',
  ],
  ['Exit code', String(report.exitCode)],
];

export function auditSentence({ audit }: Pick<Evidence, 'audit'>): string {
  if (audit.broken.length > 0) return `BROKEN at entries ${audit.broken.join(', ')}`;
  return `${audit.entries} ${audit.entries === 1 ? 'entry' : 'entries'}, chain whole${audit.head ? `, head ${audit.head.slice(0, 16)}` : ''}`;
}

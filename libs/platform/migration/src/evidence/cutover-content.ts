import { auditFault } from '../state/audit';
import { auditSentence } from './report-content';
import type { CutoverEvidence } from './cutover-evidence';

/** A table of the report. Without rows it is the sentence. */
export interface Section {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly none: string;
}

/** What a reader must not overlook, worst first; empty where nothing is open. */
export function openMatters(evidence: CutoverEvidence): string[] {
  const { audit, verifications, quarantine, divergences, shadow, outbox, follow, backups, domains } = evidence;
  const last = new Map(verifications.map((one) => [one.table, one]));
  const different = [...last.values()].filter(({ clean }) => !clean).map(({ table }) => table);
  const isOver = domains.length > 0 && domains.every(({ mode }) => mode === 'new');
  return [
    ...(audit.broken.length > 0 ? [auditFault(audit.broken)] : []),
    ...(different.length > 0 ? [`The last verification found differences in ${different.join(', ')}.`] : []),
    ...counted(sum(divergences, 'open'), 'row', 'on which the two sides do not agree'),
    ...counted(
      sum(
        shadow.filter(({ isOver }) => !isOver),
        'unexplained',
      ),
      'read',
      'that the two sides answered differently, without a reason',
    ),
    ...counted(sum(outbox, 'dead'), 'row', 'that the legacy file refused'),
    ...counted(sum(quarantine, 'open') - sum(quarantine, 'reviewed'), 'row', 'in quarantine that nobody has looked at'),
    ...follow.filter(({ state }) => state === 'failed').map(({ table, reason }) => `Following ${table} failed: ${reason ?? '-'}.`), // prettier-ignore
    ...(!isOver && !backups.some(({ restoredAt }) => restoredAt) ? ['No backup was ever restored as a trial.'] : []),
  ];
}

const sum = <Name extends string>(rows: readonly Readonly<Record<Name, number>>[], name: Name): number =>
  rows.reduce((total, row) => total + row[name], 0);

const counted = (count: number, noun: string, what: string): string[] =>
  count === 0 ? [] : [`${count} ${noun}${count === 1 ? '' : 's'} ${what}.`];

/** Whether it is done, going on, or needs somebody. */
export function stateSentence(evidence: CutoverEvidence): string {
  const modes = evidence.domains.map(({ mode }) => mode);
  const open = openMatters(evidence).length;
  if (modes.length === 0) return 'No domain has a mode yet: the legacy files are the truth.';
  const closed = modes.filter((mode) => mode === 'new').length;
  const where =
    closed === modes.length
      ? 'Every domain that has a mode is closed'
      : `${closed} of ${modes.length} domains are closed`;
  return `${where}; ${open === 0 ? 'nothing is open' : `${open} ${open === 1 ? 'matter is' : 'matters are'} open`}.`;
}

export const verdictOf = (evidence: CutoverEvidence): 'good' | 'wait' | 'bad' => {
  const { audit, verifications } = evidence;
  const last = new Map(verifications.map(({ table, clean }) => [table, clean]));
  if (audit.broken.length > 0 || [...last.values()].includes(false)) return 'bad';
  return openMatters(evidence).length > 0 ? 'wait' : 'good';
};

export const aboutEvidence = (evidence: CutoverEvidence): (readonly [string, string])[] => [
  ['Taken', evidence.takenAt],
  ['Database', evidence.database],
  ['PostgreSQL', evidence.server],
  ['Audit log', auditSentence(evidence)],
];

const dash = (text: string | null): string => text ?? '-';
const day = (text: string | null): string => (text === null ? '-' : text.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'));

/** All of it but the charts, in the order in which a reader asks. */
export function sections(evidence: CutoverEvidence): Section[] {
  return [...people(evidence), ...proofs(evidence), ...ways(evidence)];
}

const people = ({ domains, changes, acts }: CutoverEvidence): Section[] => [
  {
    title: 'Domains',
    columns: ['Domain', 'Mode', 'Since', 'By', 'Reason', 'Tables'],
    rows: domains.map((one) => [
      one.name,
      one.mode,
      day(one.changedAt),
      one.changedBy,
      one.reason,
      one.tables.join(', '),
    ]),
    none: 'No domain has a mode yet.',
  },
  {
    title: 'Changes of modes',
    columns: ['When', 'Domain', 'From', 'To', 'By', 'Reason', 'Audit entry'],
    rows: changes.map((one) => [day(one.at), one.domain, dash(one.from), one.to, one.actor, one.reason, one.seq]),
    none: 'No mode was ever changed.',
  },
  {
    title: 'Gates that were open',
    columns: ['When', 'Domain', 'Step', 'Gate', 'What it saw'],
    rows: acts.flatMap(gateRows),
    none: 'No gate was passed.',
  },
  {
    title: 'Approvals, rehearsals and other acts',
    columns: ['When', 'What', 'Of', 'By', 'Detail', 'Audit entry'],
    rows: acts.map((one) => [day(one.at), one.action, one.subject, one.actor, detailText(one.detail), one.seq]),
    none: 'Nobody has approved, rehearsed or saved anything yet.',
  },
];

interface SteppedDetail {
  readonly from?: string | null;
  readonly to?: string;
  readonly gates?: readonly { readonly gate: string; readonly evidence: string }[];
}

/** What a step was allowed on, as it was written down with the step. */
function gateRows({ at, subject, detail }: CutoverEvidence['acts'][number]): string[][] {
  const { from, to, gates } = detail as SteppedDetail;
  if (!Array.isArray(gates)) return [];
  return gates.map(({ gate, evidence }) => [day(at), subject, `${from ?? '-'} to ${to ?? '-'}`, gate, evidence]);
}

const MOST_DETAIL = 400;

/** `reason: ready; gates: 12`. What is long is cut: the whole of it is in the audit log and in the JSON. */
function detailText({ gates: _, ...detail }: Readonly<Record<string, unknown>>): string {
  const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  const text = Object.entries(detail).map(([name, value]) => `${name}: ${plain(value)}`).join('; '); // prettier-ignore
  return text.length > MOST_DETAIL ? `${text.slice(0, MOST_DETAIL)}…` : text;
}

const proofs = ({ verifications, quarantine, divergences, shadow, shadowDifferences }: CutoverEvidence): Section[] => [
  {
    title: 'Verifications',
    columns: ['Table', 'When', 'Source rows', 'Target rows', 'Quarantined', 'Left behind', 'Differences', 'Digest'],
    rows: verifications.map((one) => [
      ...[one.table, day(one.at), one.rowsSource, one.rowsTarget, one.quarantined, one.skipped].map(String),
      one.clean ? 'none' : one.differences > 0 ? String(one.differences) : 'counts or sums',
      one.digest.slice(0, 16),
    ]),
    none: 'Nothing was verified yet.',
  },
  {
    title: 'Quarantine',
    columns: ['Table', 'Code', 'Set aside', 'Of them reviewed', 'Loaded later'],
    rows: quarantine.map((one) => [one.table, one.code, ...[one.open, one.reviewed, one.replayed].map(String)]),
    none: 'No row was ever set aside.',
  },
  {
    title: 'Divergences',
    columns: ['Domain', 'Table', 'Kind', 'Open', 'Settled'],
    rows: divergences.map((one) => [one.domain, one.table, one.kind, String(one.open), String(one.settled)]),
    none: 'The two sides have agreed on every row.',
  },
  {
    title: 'Shadow reads',
    columns: ['Domain', 'Operation', 'Compared', 'Equal', 'Explained', 'Unexplained', 'Skipped', 'Failed'],
    rows: shadow.map((one) => [
      ...[one.isOver ? `${one.domain}, until its mode changed` : one.domain, one.operation],
      ...[one.compared, one.equal, one.explained, one.unexplained, one.skipped, one.failed].map(String),
    ]),
    none: 'No read was asked of both sides.',
  },
  {
    title: 'Differences of shadow reads',
    columns: ['Domain', 'Operation', 'Fields', 'Times', 'Explained by', 'Explanation'],
    rows: shadowDifferences.map((one) => [
      ...[one.domain, one.operation, one.fields, String(one.times)],
      ...[dash(one.explainedBy), dash(one.explanation)],
    ]),
    none: 'No read was answered differently.',
  },
];

const ways = ({ follow, outbox, backups }: CutoverEvidence): Section[] => [
  {
    title: 'Following',
    columns: ['Table', 'By', 'State', 'Rows behind', 'Nothing was behind at', 'Written', 'Deleted', 'Kept'],
    rows: follow.map((one) => [
      ...[one.table, one.feed, one.reason === null ? one.state : `${one.state}: ${one.reason}`, String(one.lagRows)],
      ...[day(one.caughtUpAt), String(one.written), String(one.deleted), String(one.kept)],
    ]),
    none: 'Nothing was followed.',
  },
  {
    title: 'On the way to the legacy files',
    columns: ['Table', 'Waiting', 'Refused by the file', 'Oldest'],
    rows: outbox.map((one) => [one.table, String(one.waiting), String(one.dead), day(one.oldestAt)]),
    none: 'Nothing waits.',
  },
  {
    title: 'Backups',
    columns: ['Id', 'Of', 'Taken', 'By', 'Bytes', 'Restored as a trial', 'Manifest', 'Folder'],
    rows: backups.map((one) => [
      ...[one.id, one.kind, day(one.takenAt), one.takenBy, String(one.bytes), day(one.restoredAt)],
      ...[one.sha256.slice(0, 16), one.path],
    ]),
    none: 'Nothing was ever saved.',
  },
];

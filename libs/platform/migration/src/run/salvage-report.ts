import { foldName, type Damage, type DamagedPage, type KeySpan, type LostRow } from '@sluice/legacy';
import type { Client } from 'pg';
import { toEvidence } from '../exact/legacy-value';
import type { LegacyTable } from '../mapping/legacy-table';
import { putAside, SALVAGE_CODES, type SetAside } from '../state/quarantine';
import { inTransaction } from '../state/transaction';
import type { SalvageReport } from './migration-report';

/** How many pages, and how many keys, a remark names; the quarantine has all of them. */
const NAMED = 10;

/** What concerns this table. What belongs to none, or to SQLite's own, is told with the first table of the file. */
export function damageOf(damage: Damage, { source }: LegacyTable, isFirst: boolean): Damage {
  const name = foldName(source.table);
  const isOurs = (table: string | null): boolean =>
    table === null || table.startsWith('sqlite_') ? isFirst : foldName(table) === name;
  return {
    findings: damage.findings,
    pages: damage.pages.filter(({ table }) => isOurs(table)),
    rows: damage.rows.filter(({ table }) => isOurs(table)),
    reclaimed: new Map([...damage.reclaimed].filter(([table]) => isOurs(table))),
  };
}

export const salvageReport = ({ pages, rows, reclaimed }: Damage): SalvageReport => ({
  damagedPages: pages.reduce((sum, page) => sum + page.pages, 0),
  lostRows: rows.length,
  lostKeys: pages.flatMap(({ lost }) => lost.map(({ from, to }) => `${from ?? '*'} ${to ?? '*'}`)),
  reclaimedPages: [...reclaimed.values()].reduce((sum, count) => sum + count, 0),
});

/** The damage in sentences, for whoever reads the report. */
export function salvageRemarks({ name }: LegacyTable, { findings, pages, rows }: Damage): string[] {
  const says = findings[0] === undefined ? '' : `: SQLite's check says "${findings[0]}"`;
  const lines = pages.slice(0, NAMED).map((page) => reasonOf(page));
  if (pages.length > NAMED) lines.push(`${pages.length - NAMED} more damaged places are in quarantine.`);
  if (rows.length > 0) {
    const keys = rows.slice(0, NAMED).map(({ key }) => key);
    lines.push(`Rows that could not be read to their end: ${keys.join(', ')}${rows.length > NAMED ? ', ...' : ''}.`);
  }
  if (pages.some(({ lost }) => lost.some(({ to }) => to === null))) {
    lines.push('How far the lost keys went is not known: only AUTOINCREMENT remembers which ids were used.');
  }
  if (pages.length === 0 && rows.length === 0) lines.push('All rows could be read.');
  return [`The file is damaged${says}. What can be read of it was taken.`, ...lines].map((line) => `${name}: ${line}`);
}

/** Records what a damaged file lacks, in one transaction. Found again, it replaces its entries. */
export async function putDamageAside(client: Client, table: string, damage: Damage): Promise<void> {
  const entries = [...damage.pages.map(pageEntry), ...damage.rows.map(rowEntry)];
  if (entries.length > 0) await inTransaction(client, () => putAside(client, table, entries));
}

const pageEntry = (page: DamagedPage): SetAside => ({
  key: placeOf(page),
  column: null,
  code: SALVAGE_CODES.page,
  reason: reasonOf(page),
  evidence: {
    role: { class: 'damage', text: page.role },
    table: { class: 'damage', text: page.table ?? 'not known' },
    'lost keys': { class: 'damage', text: page.lost.map(spanText).join('; ') || 'none' },
    ...(page.bytes.length > 0 ? { bytes: toEvidence({ storage: 'blob', bytes: page.bytes }) } : {}),
  },
});

const rowEntry = ({ key, page, fault, bytes }: LostRow): SetAside => ({
  key,
  column: null,
  code: SALVAGE_CODES.row,
  reason: `begins on page ${page}; ${fault}`,
  evidence: { 'begin of the record': toEvidence({ storage: 'blob', bytes }) },
});

const placeOf = ({ page, pages }: DamagedPage): string =>
  pages === 1 ? `page ${page}` : `pages ${page}-${page + pages - 1}`;

function reasonOf(page: DamagedPage): string {
  const { role, table, fault, lost } = page;
  const of = role === 'freelist' || role === 'unknown' ? '' : ` (${role} of ${table ?? '?'})`;
  return `${placeOf(page)}${of} ${fault}${consequenceOf(role, lost)}.`;
}

function consequenceOf(role: DamagedPage['role'], lost: readonly KeySpan[]): string {
  if (lost.length > 0) return `: rows with ${lost.slice(0, NAMED).map(spanText).join(' or ')} are lost`;
  switch (role) {
    case 'index':
    case 'freelist':
      return ': no row is lost with it';
    case 'leaf':
    case 'interior':
      return ': what was below it was found, and no row is lost';
    case 'overflow':
      return ': the rows that go on there are lost, each by its key';
    case 'unknown':
      return '';
  }
}

function spanText({ from, to }: KeySpan): string {
  if (from === null) return to === null ? 'any key' : `keys up to ${to}`;
  return to === null ? `keys from ${from}` : from === to ? `key ${from}` : `keys ${from} to ${to}`;
}

import { DomainError } from '@sluice/core';
import { DEFAULT_ZONE, remarksOfRows } from '../inspect';
import type { Choices } from '../mapping/legacy-table';
import { expected } from '../state/expected-error';
import { classify } from '../state/postgres-errors';
import { quarantinedKeys } from '../state/quarantine';
import { recordVerification } from '../state/run-state';
import {
  checkStaging,
  totals,
  VerificationTargetError,
  verifyCacheTable,
  verifySequence,
  verifyTable,
  withStaging,
  type CacheVerification,
  type OriginalsReader,
  type TableVerification,
} from '../verify';
import type { TableReport } from './migration-report';
import type { TableRunParts } from './table-run';

/** A remaining life may be this far from what the file says: two machines' clocks, and the way to the cache and back. */
const TTL_TOLERANCE_MS = 60_000;

/** The greatest id that SQLite and PostgreSQL have. */
const GREATEST_ID = 2n ** 63n - 1n;

/** A server that goes away under the work is waited for, and the work begun again, so many times. */
export const TRIES = 5;

/**
 * Compares a table with its file, within the file's snapshot, records what was found, and completes the report. Where
 * PostgreSQL goes away meanwhile it is waited for as the copy does, and the table compared again from its start.
 */
export async function proveTable(parts: TableRunParts, choices: Choices, report: TableReport): Promise<TableReport> {
  for (let tries = 1; ; tries++) {
    try {
      return await proveOnce(parts, choices, report);
    } catch (error) {
      const cause = error instanceof VerificationTargetError ? error.cause : error;
      if (classify(cause) !== 'connection' || tries >= TRIES) throw reasonOf(error, cause);
      await parts.control.live(parts.options.signal);
      await parts.lock.ensure(parts.options.signal);
    }
  }
}

/** A missing privilege or a full server has a better word and its own exit code. */
function reasonOf(error: unknown, cause: unknown): unknown {
  const reason = expected(cause);
  return reason instanceof DomainError ? reason : error;
}

async function proveOnce(parts: TableRunParts, choices: Choices, report: TableReport): Promise<TableReport> {
  const { control, database, options, runId, table } = parts;
  const { zone = DEFAULT_ZONE } = options;
  const startedMs = Date.now();
  const quarantined = await quarantinedKeys(await control.live(options.signal), table.name);
  const compared = await compare(parts, choices, quarantined, report.rowsSource);
  const staging = checkStaging(database, table, { zone, quarantined });
  const verification = withStaging(compared, staging);
  const verifyMs = Date.now() - startedMs;
  const counts = { quarantined: quarantined.size, skipped: Number(verification.rowsSkipped) };
  await recordVerification(await control.live(options.signal), runId, verification, counts);
  const kept = verification.rowsKept ?? 0n;
  const proven = await proveTotals(parts, quarantined, kept > 0n);
  const proved: TableReport = {
    ...report,
    ...proven,
    rowsTarget: Number(verification.rowsTarget),
    quarantined: quarantined.size,
    ...('skipped' in verification ? { skipped: verification.skipped } : {}),
    ...withRemarks([
      ...(report.remarks ?? []),
      ...('remarks' in verification ? verification.remarks : []),
      ...staging.remarks,
      ...remarksOfRows(database, table, zone),
      ...remarksOfIds(table.name, proven.nextId),
      ...remarksOfHistory(table.name, kept),
    ]),
    normalised: mostOf(report.normalised, verification.normalised),
    verification,
    verifyMs,
  };
  options.onEvent({ type: 'table', phase: 'verify', report: proved });
  return proved;
}

/** The rows are all there, but nobody would look for the reason in the migration when the first insert fails. */
function remarksOfIds(table: string, nextId: TableReport['nextId']): string[] {
  if (nextId === null || nextId.value === null || BigInt(nextId.value) <= GREATEST_ID) return [];
  return [`${table}: no id is left, because ${GREATEST_ID} was used: an insert that asks for the next one will fail.`];
}

function remarksOfHistory(table: string, kept: bigint): string[] {
  const rows = kept === 1n ? 'row is kept as history that the file has' : 'rows are kept as history that the file has';
  return kept === 0n ? [] : [`${table}: ${kept} ${rows} deleted; not among the rows of the target.`];
}

/** A table of which nothing is to be said has no remarks. */
const withRemarks = (remarks: readonly string[]): Pick<TableReport, 'remarks'> =>
  remarks.length > 0 ? { remarks } : {};

async function compare(
  { control, database, table, options, session }: TableRunParts,
  choices: Choices,
  quarantined: ReadonlySet<string>,
  rows: number,
): Promise<TableVerification | CacheVerification> {
  const say = (type: 'phase' | 'progress', done: number): void =>
    options.onEvent({ type, phase: 'verify', table: table.name, rows, done });
  say('phase', 0);
  const onProgress = (done: number): void => say('progress', done);
  const common = { database, table, quarantined, onProgress, signal: options.signal };
  if (table.target.kind === 'postgres') {
    return verifyTable({ ...common, choices, connectionString: session.connectionString });
  }
  if (!options.cache) throw new TypeError(`${table.name} cannot be verified without its cache.`);
  const client = await control.live(options.signal);
  const state: OriginalsReader = {
    rows: async <Row extends object>(sql: string, values?: unknown[]) => (await client.query<Row>(sql, values)).rows,
  };
  const { cache, clock } = options;
  return verifyCacheTable({ ...common, cache, clock, state, ttlToleranceMs: TTL_TOLERANCE_MS });
}

/** Sums and counts that anybody can repeat by hand, and that the next id was never used. */
async function proveTotals(
  { control, database, options, table }: TableRunParts,
  quarantined: ReadonlySet<string>,
  hasHistory: boolean,
): Promise<Pick<TableReport, 'totals' | 'nextId'>> {
  if (table.target.kind !== 'postgres') return { totals: [], nextId: null };
  const client = await control.live(options.signal);
  const { nextId, clean } = await verifySequence(database, table, client);
  return {
    totals: await totals(database, table, client, quarantined, hasHistory),
    nextId: { value: nextId?.toString() ?? null, unused: clean },
  };
}

/** The load names one rule of a value and the check does not count every rounding; what both count is the same. */
function mostOf(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const rules = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return Object.fromEntries(rules.map((rule) => [rule, Math.max(a[rule] ?? 0, b[rule] ?? 0)]));
}

import path from 'node:path';
import type { LegacyDatabase, SourceFingerprint } from '@sluice/legacy';
import { quoteName } from '../exact/legacy-value';
import type { LegacyTable } from '../mapping/legacy-table';
import { takeCensus, type ColumnCensus } from './census';
import { findDrift } from './drift';
import { estimate, type Estimate } from './estimate';
import { familyRemarks, withFaults } from './family-report';
import { findSources, type FoundFile, type SourceSearch } from './find-sources';
import { weighLabels, type LabelEvidence } from './label-evidence';
import { openFound } from './open-found';
import { withOrphans } from './orphans';

export interface InspectOptions extends SourceSearch {
  /** False: files, counts and drift only; true by default. */
  readonly census?: boolean;
  readonly signal?: AbortSignal;
  /** Before each table. */
  readonly onProgress?: (at: { readonly file: string; readonly table: string; readonly rows: bigint }) => void;
}

export interface TableInspection {
  readonly table: string;
  readonly target: 'postgres' | 'cache';
  readonly rows: number;
  /** The least and greatest key, and the greatest that AUTOINCREMENT ever gave out, as texts: they may exceed 2^53. */
  readonly keys: { readonly least: string | null; readonly greatest: string | null; readonly highWater: string | null };
  readonly columns: readonly ColumnCensus[];
  readonly labels: readonly LabelEvidence[];
}

export interface FileInspection {
  /** Relative to the root where it is below it. */
  readonly file: string;
  readonly sizeBytes: number;
  readonly journalMode: 'rollback' | 'wal';
  readonly encoding: 'UTF-8' | 'UTF-16le' | 'UTF-16be';
  readonly pageSize: number;
  readonly fingerprint: SourceFingerprint;
  /** What SQLite's quick check finds; empty where all is well. */
  readonly integrity: readonly string[];
  /** Differences from the mappings; a migration refuses them. */
  readonly drift: readonly string[];
  readonly tables: readonly TableInspection[];
  readonly estimate: Estimate;
}

export interface Inspection {
  readonly root: string;
  readonly files: readonly FileInspection[];
  readonly missing: readonly { readonly table: string; readonly reason: string }[];
  readonly notes: readonly string[];
  /** True where a migration would refuse these files before writing anything. */
  readonly refused: boolean;
}

/**
 * Looks at a legacy tree and says what a migration would find, without changing anything anywhere. Throws where the files
 * cannot be told apart or read at all; drift and damage inside a file are reported, so that all of it is seen at once.
 */
export async function inspectTree(options: InspectOptions): Promise<Inspection> {
  const sources = findSources(options);
  const files: FileInspection[] = [];
  const notes = [...sources.notes];
  for (const source of sources.files) {
    const database = await openFound(source, { signal: options.signal });
    try {
      files.push(await inspectFile(database, source, options));
      notes.push(...familyRemarks(database, source));
      database.assertSame();
    } finally {
      database.close();
    }
  }
  if (sources.missing.length > 0) notes.push(sources.searched);
  return {
    root: path.resolve(options.root),
    files,
    missing: sources.missing.map(({ table, reason }) => ({ table: table.name, reason })),
    notes,
    refused: files.some(({ drift, integrity }) => drift.length > 0 || integrity.length > 0),
  };
}

async function inspectFile(
  database: LegacyDatabase,
  source: FoundFile,
  options: InspectOptions,
): Promise<FileInspection> {
  const integrity = database.integrity();
  const drift = findDrift(database, source.tables, source.ignored);
  // A census of columns that are not there, or of damaged pages, would only fail.
  const readable = integrity.length === 0 && drift.length === 0;
  const tables: TableInspection[] = [];
  for (const table of readable ? source.tables : []) tables.push(await inspectTable(database, table, source, options));
  const [page] = database.rows('PRAGMA page_size');
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return {
    file: shown(source, options.root),
    sizeBytes: database.sizeBytes,
    journalMode: database.journalMode,
    encoding: database.encoding,
    pageSize: Number(page?.[0]),
    fingerprint: database.fingerprint,
    integrity,
    drift,
    tables,
    // Files of a family are read, never locked.
    estimate: estimate({
      rows,
      sizeBytes: database.sizeBytes,
      journalMode: source.family ? 'wal' : database.journalMode,
    }),
  };
}

function shown({ file }: FoundFile, root: string): string {
  const relative = path.relative(path.resolve(root), file);
  return relative.startsWith('..') ? file : relative;
}

async function inspectTable(
  database: LegacyDatabase,
  table: LegacyTable,
  source: FoundFile,
  { root, tables, known = tables, census = true, signal, onProgress }: InspectOptions,
): Promise<TableInspection> {
  const key = quoteName(table.source.key);
  const [totals] = database.rows(`SELECT count(*), min(${key}), max(${key}) FROM ${quoteName(table.source.table)}`);
  const [rows, least, greatest] = totals ?? [];
  const count = typeof rows === 'bigint' ? rows : 0n;
  onProgress?.({ file: shown(source, root), table: table.name, rows: count });
  const columns = census ? await takeCensus(database, table, count, signal) : [];
  const asText = (value: unknown): string | null => (typeof value === 'bigint' ? String(value) : null);
  return {
    table: table.name,
    target: table.target.kind,
    rows: Number(count),
    keys: {
      least: asText(least),
      greatest: asText(greatest),
      highWater: asText(database.highWater(table.source.table)),
    },
    columns: withFaults(database, table, withOrphans(database, table, { source, known, census: columns })),
    labels: census ? await weighLabels(database, table, signal) : [],
  };
}

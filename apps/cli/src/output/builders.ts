import type { MigrationReport, TableReport } from '@sluice/migration';

/** A table that arrived whole, with what a test wants different. */
export const aTableReport = (over: Partial<TableReport> = {}): TableReport => ({
  table: 'orders',
  target: 'postgres',
  source: 'cache/app.db',
  file: { device: '1', inode: '2', log: null },
  outcome: 'loaded',
  lane: 'pages',
  laneReason: null,
  rowsSource: 1_200,
  rowsTarget: 1_200,
  loadedNow: 1_200,
  quarantined: 0,
  skipped: {},
  normalised: {},
  copyMs: 340,
  verifyMs: 1_250,
  verification: aVerification(),
  totals: [],
  nextId: { value: '1201', unused: true },
  ...over,
});

type Verification = NonNullable<TableReport['verification']>;

export const aVerification = (over: Partial<Verification> = {}): Verification => ({
  table: 'orders',
  rowsSource: 1_200n,
  rowsTarget: 1_200n,
  rowsQuarantined: 0n,
  rowsSkipped: 0n,
  differences: 0n,
  found: [],
  digest: 'a'.repeat(64),
  normalised: {},
  startedAt: new Date(0),
  finishedAt: new Date(1_250),
  clean: true,
  ...over,
});

export const aReport = (...tables: readonly TableReport[]): MigrationReport => ({
  runId: '00000000-0000-4000-8000-000000000001',
  command: 'migrate',
  version: '0.1.0',
  root: '/legacy',
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:00:02.000Z',
  choices: {},
  tables,
  notes: [],
  exitCode: 0,
  peakMemoryBytes: 100 * 1024 ** 2,
});

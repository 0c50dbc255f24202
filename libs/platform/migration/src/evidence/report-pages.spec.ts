import { emptyReport, type MigrationReport, type TableReport } from '../run/migration-report';
import { aTable } from '../verify/specimen';
import { decimal } from '../mapping/conversion';
import type { Evidence } from './last-report';
import { reportHtml } from './report-html';
import { reportMarkdown } from './report-markdown';

const price = {
  column: 'price',
  sourceCount: 2n,
  targetCount: 2n,
  sourceSum: '3',
  targetSum: '3',
  exact: false,
  equal: true,
};

const evidence = (residual?: number): Evidence => {
  const table = {
    ...emptyReport(aTable({ price: decimal({ precision: 20, scale: 8 }) }), 'loaded'),
    normalised: { 'price: rounded': 291 },
    totals: [{ ...price, ...(residual === undefined ? {} : { residual }) }],
  };
  const report: MigrationReport = {
    ...{ runId: 'r', command: 'migrate', version: '0', root: '.', startedAt: '', finishedAt: '', exitCode: 0 },
    ...{ choices: {}, tables: [table as TableReport], notes: [], peakMemoryBytes: 0 },
  };
  return { report, audit: { entries: 1, broken: [], open: [], head: null } };
};

it('say what a rounded column lost together', () => {
  expect(reportMarkdown(evidence(-1.2e-7))).toContain('- `t.price: rounded`: 291 values, together by -1.2e-7');
  expect(reportHtml(evidence(-1.2e-7))).toContain('<li>t: price: rounded: 291, together by -1.2e-7</li>');
});

it('take a report of a version that did not know it', () => {
  expect(reportMarkdown(evidence())).toMatch(/`t.price: rounded`: 291 values$/m);
  expect(reportHtml(evidence())).toContain('<li>t: price: rounded: 291</li>');
});

it('call nothing complete where no legacy file was there', () => {
  const { report, audit } = evidence();
  const gone: TableReport = { ...emptyReport(aTable({}), 'missing'), table: 'gone' };
  const verdictOf = (...tables: TableReport[]): string | undefined =>
    /\*\*(.*)\*\*/.exec(reportMarkdown({ report: { ...report, tables }, audit }))?.[1];
  expect(verdictOf(gone)).toBe('Nothing was migrated. Without a legacy file: 1 of 1 tables.');
  const proved = { ...gone, outcome: 'checked', verification: { clean: true, digest: '', found: [] } } as never;
  expect(verdictOf(proved, gone)).toBe('Complete: source and target are equal. Without a legacy file: 1 of 2 tables.');
});

it('show no value as markup', () => {
  const told = evidence();
  const nasty = '<img src="x" onerror="alert(1)">';
  const [table] = told.report.tables;
  const verification = { differences: 1n, digest: '', found: [{ rowKey: nasty, column: null, kind: 'missing' }] };
  const tables = [{ ...table, source: nasty, remarks: [nasty], verification } as never];
  const report = { ...told.report, root: nasty, tables };
  for (const page of [reportMarkdown({ ...told, report }), reportHtml({ ...told, report })]) {
    expect(page).toContain('&#60;img');
    expect(page).not.toContain('<img');
  }
});

import type { MigrationReport } from '@sluice/migration';
import { aReport, aTableReport, aVerification } from './builders';
import { formatReport } from './report-table';

const cellsOf = (text: string, table: string): string[] => {
  const line = text.split('\n').find((one) => one.startsWith(`│ ${table} `)) ?? '';
  return line.split('│').slice(1, -1).map((cell) => cell.trim()); // prettier-ignore
};

it('gives each table its counts, its verdict and its times', () => {
  const text = formatReport(aReport(aTableReport({ quarantined: 2, skipped: { expired: 3, superseded: 4 } })));
  expect(cellsOf(text, 'orders')).toEqual([
    ...['orders', 'Postgres', '1,200', '1,200', '1,200', '2', '7', 'equal', '340 ms', '1.3 s'],
  ]);
  expect(text).toContain('orders: 3 rows left behind: expired');
});

it('ends with the good news, and how much memory it took', () => {
  expect(formatReport(aReport(aTableReport()))).toMatch(
    /Complete: source and target are equal \(exit 0; peak memory 100\.0 MiB\)\.$/,
  );
});

it('sends the reader to the quarantine where rows are in it', () => {
  expect(formatReport(aReport(aTableReport({ quarantined: 2 })))).toMatch(
    /2 rows are in quarantine \(exit 4;.*sluice quarantine list/,
  );
});

it('speaks of one row as of one', () => {
  const table = aTableReport({ quarantined: 1, skipped: { expired: 1 }, normalised: { 'price: rounded': 1 } });
  const text = formatReport(aReport(table));
  expect(text).toContain('1 row is in quarantine');
  expect(text).toContain('1 row left behind');
  expect(text).toContain('1 value changed');
});

it('says at its end which caches were not looked at, and why', () => {
  const later = aTableReport({ table: 'later', target: 'cache', outcome: 'deferred', verification: null });
  expect(formatReport(aReport(aTableReport(), later))).toMatch(
    /equal \(exit 0;[^)]*\)\. Not looked at, because no Redis is given \(REDIS_URL\): later\.$/,
  );
  expect(formatReport(aReport(aTableReport()))).not.toContain('Not looked at');
});

it('names table, key and column of what differs, and says so before the quarantine', () => {
  const found = [{ rowKey: '7', column: 'price', kind: 'changed', source: '1', target: '2' }] as const;
  const verification = aVerification({ clean: false, differences: 1n, found });
  const text = formatReport(aReport(aTableReport({ quarantined: 2, verification })));
  expect(cellsOf(text, 'orders')[7]).toBe('1 DIFFER');
  expect(text).toContain('orders 7.price: changed');
  expect(text).toMatch(/NOT EQUAL: orders \(exit 5;/);
});

it('names the cache key of an entry that differs, and what to do about it', () => {
  const found = [
    { rowKey: '7', entry: 'm:a', column: 'ttl', kind: 'changed', source: '1 ms', target: 'no end' },
    { rowKey: '8', entry: 'm:b', column: null, kind: 'missing', source: 'm:b', target: null },
  ] as const;
  const verification = aVerification({ clean: false, differences: 2n, found });
  const text = formatReport(aReport(aTableReport({ verification, remarks: ['orders: load it again.'] })));
  expect(text).toContain('orders 7.ttl (m:a): changed');
  expect(text).toContain('orders 8 (m:b): missing');
  expect(text).toContain('orders: load it again.');
});

it('does not call a table equal whose rows agree and whose sums do not', () => {
  const totals = [
    {
      ...{ column: 'price', sourceCount: 2n, targetCount: 2n, exact: true, residual: null },
      ...{ sourceSum: '3', targetSum: '4', equal: false },
    },
  ];
  const text = formatReport(aReport(aTableReport({ totals })));
  expect(cellsOf(text, 'orders')[7]).toBe('SUMS DIFFER');
  expect(text).toContain('orders.price: sums differ: 3 in the file, 4 in the target');
  expect(text).toContain('NOT EQUAL');
});

it('says what a rounded column lost together', () => {
  const totals = ['price', 'fee'].map((column) => ({
    ...{ column, sourceCount: 2n, targetCount: 2n, exact: false },
    ...{ sourceSum: '3', targetSum: '3', equal: true, residual: -1.23456e-7 },
  }));
  const normalised = { 'price: rounded': 2, 'fee: empty-to-null': 1 };
  const text = formatReport(aReport(aTableReport({ totals, normalised })));
  expect(text).toContain('orders.price: rounded: 2 values changed by this rule, together by -1.2e-7');
  expect(text).toMatch(/orders.fee: empty-to-null: 1 value changed by this rule$/m);
});

it('takes no row that is missing in the target for a rounding', () => {
  const price = { column: 'price', sourceCount: 3n, targetCount: 2n, exact: false, residual: -45.9 };
  const totals = [{ ...price, sourceSum: '50', targetSum: '4.1', equal: false }];
  const different = aTableReport({ totals, normalised: { 'price: rounded': 2 } });
  expect(formatReport(aReport(different))).toMatch(/orders.price: rounded: 2 values changed by this rule$/m);
  const verification = aVerification({ clean: false, differences: 1n });
  const hidden = { ...different, verification, totals: totals.map((total) => ({ ...total, equal: true })) };
  expect(formatReport(aReport(hidden))).toMatch(/orders.price: rounded: 2 values changed by this rule$/m);
});

it('says of how many tables no file was there, and calls nothing complete where it was none at all', () => {
  const gone = aTableReport({ table: 'gone', outcome: 'missing', verification: null, rowsSource: 0 });
  expect(formatReport(aReport(aTableReport(), gone))).toMatch(
    /equal \(exit 0;[^)]*\)\. Without a legacy file: 1 of 2 tables\.$/,
  );
  const nothing = (report: MigrationReport): string => formatReport(report).split('\n').at(-1) ?? '';
  const sentence = (verdict: string): RegExp =>
    new RegExp(`^${verdict} \\(exit 0;[^)]*\\)\\. Without a legacy file: 1 of 1 tables\\.$`);
  expect(nothing(aReport(gone))).toMatch(sentence('Nothing was migrated'));
  expect(nothing({ ...aReport(gone), command: 'verify' })).toMatch(sentence('Nothing was compared'));
});

it('tells a missing file and a deferred cache from an empty table', () => {
  const text = formatReport(
    aReport(
      aTableReport({ table: 'gone', outcome: 'missing', verification: null, rowsSource: 0 }),
      aTableReport({
        table: 'later',
        target: 'cache',
        outcome: 'deferred',
        verification: null,
        laneReason: 'no Redis',
      }),
    ),
  );
  expect(cellsOf(text, 'gone').slice(2, 3)).toEqual(['missing']);
  expect(cellsOf(text, 'later')[7]).toBe('deferred');
  expect(text).toContain('later: deferred, no Redis');
});

import { DatabaseSync } from '@photostructure/sqlite';
import type { SqlValue } from '../legacy-schema';
import { ensureTwoWay, leaveIds, type LogWriting } from './two-way-notes';

const db = new DatabaseSync(':memory:');
afterAll(() => db.close());

const writing: LogWriting = {
  rows: (sql, ...params) => {
    const statement = db.prepare(sql);
    statement.setReadBigInts(true);
    statement.setReturnArrays(true);
    return statement.all(...params) as unknown as SqlValue[][];
  },
  run: (sql, ...params) => Number(db.prepare(sql).run(...params).changes),
  exec: (sql) => db.exec(sql),
};

it('leaves ids of a table that never had a row to PostgreSQL, however the table is spelled', () => {
  ensureTwoWay(writing);
  db.exec('CREATE TABLE "Runs" (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)');
  const block = leaveIds(writing, { name: 'runs', key: 'id' }, { after: 0n, used: 0n, size: 10n });
  expect(block).toEqual({ first: 2n, last: 11n });
  expect(db.prepare('INSERT INTO "Runs" (name) VALUES (?)').run('of the legacy program').lastInsertRowid).toBe(12);
});

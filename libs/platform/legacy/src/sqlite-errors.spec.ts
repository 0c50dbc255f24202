import { DatabaseSync } from '@photostructure/sqlite';
import { isDiskFull } from './sqlite-errors';

describe('a full disk', () => {
  const db = new DatabaseSync(':memory:');
  afterAll(() => db.close());

  it.each([
    ['a script', () => db.exec(`INSERT INTO t SELECT randomblob(100000)`)],
    ['a statement', () => db.prepare('INSERT INTO t VALUES (randomblob(?))').run(100_000)],
    [
      'rows that are read of a statement',
      () => db.prepare('INSERT INTO t VALUES (randomblob(?)) RETURNING 1').all(100_000),
    ],
  ])('is known as such where SQLite says it of %s', (_what, write) => {
    db.exec('CREATE TABLE IF NOT EXISTS t (a); PRAGMA max_page_count = 4'); // As many pages as the disk has room for.
    expect(thrownBy(write)).toMatchObject({ message: 'database or disk is full' });
    expect(isDiskFull(thrownBy(write))).toBe(true);
  });

  it.each([
    ['ENOSPC', true],
    ['EDQUOT', true],
    ['EACCES', false],
  ])('is what the system says with %s: %s', (code, isFull) =>
    expect(isDiskFull(Object.assign(new Error(code), { code }))).toBe(isFull),
  );

  it('is no other error of SQLite', () => expect(isDiskFull(thrownBy(() => db.exec('SELECT nothing')))).toBe(false));
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

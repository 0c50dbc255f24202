import { existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { installLog, LOG, releaseClosed, type SqlValue } from '@sluice/legacy';
import { LegacyFile } from './legacy-file';
import { LegacyTableWriter } from './legacy-table-writer';
import { aRow, runs, runsSchema } from './runs.fixture';
import { WriterBench } from './write-back.fixture';

let bench: WriterBench;
afterEach(() => bench.close());

describe.each(['delete', 'wal'] as const)('a legacy file (journal_mode %s)', (journal) => {
  beforeEach(async () => {
    bench = await WriterBench.open(journal);
  });

  it('gets rows that are new, changed and gone, and nothing else changes', async () => {
    bench.sql(
      `INSERT INTO runs (name, made_at) VALUES ('one', '2026-01-09T10:00:00+05:30'), ('two', NULL), ('three', '')`,
    );
    const schema = bench.rows('SELECT type, name, sql FROM sqlite_schema ORDER BY name');
    const result = await bench.writer().write({
      upserts: [
        aRow(1, { name: 'one', made_at: '2026-01-09 04:30:00+00', ratio: '-0' }),
        aRow(3, { name: 'three', note: 'x' }),
        aRow(9, {
          made_at: '2026-01-09 10:00:00.000001+00',
          ratio: '5e-324',
          cost: '0.10000000',
          payload: '"TARGET_HIT"',
        }),
      ],
      deletes: [{ id: '2' }, { id: '77' }],
    });
    expect(result).toEqual({ inserted: 1, updated: 2, deleted: 1, unchanged: 0 });
    expect(bench.content()).toEqual([
      `1, 'one', NULL, '2026-01-09T10:00:00+05:30', 0.0, NULL, NULL`,
      `3, 'three', 'x', '', NULL, NULL, NULL`,
      `9, 'run 9', NULL, '2026-01-09T10:00:00.000001Z', 4.9406564584124654e-324, 0.1, 'TARGET_HIT'`,
    ]);
    expect(bench.rows('SELECT type, name, sql FROM sqlite_schema ORDER BY name')).toEqual(schema);
    expect(bench.rows('PRAGMA journal_mode')).toEqual([[journal]]);
    expect(bench.rows('SELECT seq FROM sqlite_sequence')).toEqual([[9]]);
  });

  it('is not touched where it is already as it is to be', async () => {
    const changes = {
      upserts: [aRow(1, { ratio: '1' }), aRow(2, { payload: '{"b": 1, "a": [1.50, null]}' })],
      deletes: [{ id: '5' }],
    };
    await bench.writer().write(changes);
    await releaseClosed(bench.file); // The last connection to end brings the log into the file.
    const before = readFileSync(bench.file);
    expect(await bench.writer().write(changes)).toEqual({ inserted: 0, updated: 0, deleted: 0, unchanged: 2 });
    expect(readFileSync(bench.file).equals(before)).toBe(true);
  });

  it('lets unique values change places', async () => {
    bench.sql(`INSERT INTO runs (name, note) VALUES ('a', 'x'), ('b', 'y'), ('c', 'z')`);
    const upserts = [aRow(1, { name: 'b' }), aRow(2, { name: 'c' }), aRow(3, { name: 'a' })];
    expect(await bench.writer().write({ upserts, deletes: [] })).toMatchObject({ updated: 3 });
    expect(bench.rows('SELECT id, name, note FROM runs ORDER BY id')).toEqual([[1, 'b', null], [2, 'c', null], [3, 'a', null]]); // prettier-ignore
  });

  it('goes on with numbers behind those that PostgreSQL gave out', async () => {
    await bench.writer().write({ upserts: [], deletes: [], usedUpTo: 41n });
    await bench.writer().write({ upserts: [], deletes: [], usedUpTo: 7n });
    bench.sql(`INSERT INTO runs (name) VALUES ('next')`);
    expect(bench.rows('SELECT id FROM runs')).toEqual([[42]]);
  });

  it('takes what the legacy program changed while the rows were made for what it is', async () => {
    bench.sql(`INSERT INTO runs (name, payload) VALUES ('one', '{"a":1}')`);
    let looks = 0;
    const meanwhile = (): SqlValue[][] => {
      if (++looks === 1) bench.sql(`UPDATE runs SET payload = '{ "a" : 1 }', note = 'late' WHERE id = 1`);
      return [];
    };
    const writer = bench.writer({ table: { earlier: { encoding: 'UTF-8', rows: meanwhile } } });
    await writer.write({ upserts: [aRow(1, { name: 'one', payload: '{"a": 1}' })], deletes: [] });
    expect(looks).toBe(2);
    expect(bench.content()).toEqual([`1, 'one', NULL, NULL, NULL, NULL, '{ "a" : 1 }'`]);
  });

  it('of which the last of two rows of one key counts, and not that it is to be gone, too', async () => {
    bench.sql(`INSERT INTO runs (name, payload) VALUES ('run 1', '{ "a":1}')`);
    const upserts = [aRow(1, { note: 'first' }), aRow(1, { note: 'last', payload: '{"a": 1}' })];
    const result = await bench.writer().write({ upserts, deletes: [{ id: '1' }] });
    expect(result).toEqual({ inserted: 0, updated: 1, deleted: 0, unchanged: 0 });
    expect(bench.rows('SELECT note, payload FROM runs')).toEqual([['last', '{ "a":1}']]);
  });
});

describe('what the legacy schema cannot hold', () => {
  beforeEach(async () => {
    bench = await WriterBench.open();
    bench.sql(`INSERT INTO runs (name) VALUES ('one'), ('taken')`);
  });

  it.each([
    ['not-a-number', 'ratio', { ratio: 'NaN' }],
    ['not-null', 'name', { name: null }],
    ['reads-otherwise', 'made_at', { made_at: 'infinity' }],
    ['reads-otherwise', 'made_at', { made_at: '0044-03-15 00:00:00+00 BC' }],
    ['reads-otherwise', 'made_at', { made_at: '10000-01-01 00:00:00+00' }],
    ['reads-otherwise', 'cost', { cost: '123456789012.12345679' }],
    ['beyond-double', 'payload', { payload: '[0.1234567890123456789]' }],
    ['integer-digits', 'payload', { payload: `[${'1'.repeat(4301)}]` }],
    ['no-value', 'note', { note: undefined }],
    ['reads-otherwise', 'id', { id: '9223372036854775808' }],
    ['unique', null, { name: 'taken' }],
  ])('is refused as %s (%s), and nothing of the call is written', async (rule, column, values) => {
    const before = bench.content();
    const changes = {
      upserts: [aRow(1, { name: 'one', note: 'x' }), aRow(8, values), aRow(9)],
      deletes: [{ id: '1' }],
    };
    await expect(bench.writer().write(changes)).rejects.toMatchObject({
      ...{ code: 'WRITE_BACK_REFUSED', table: 'runs', key: 'id' in values ? values.id : '8', column, rule },
    });
    expect(bench.content()).toEqual(before);
  });

  it('is told which row of the file has its unique value', async () => {
    await expect(bench.writer().write({ upserts: [aRow(8, { name: 'taken' })], deletes: [] })).rejects.toMatchObject({
      message: 'The legacy file cannot hold runs 8: unique, row 2 of the file has the same name.',
      why: 'unique, row 2 of the file has the same name',
    });
  });
});

describe('a file that is not as it was', () => {
  it('is refused a NULL where its own schema wants none', async () => {
    bench = await WriterBench.open(
      'delete',
      runsSchema.map((sql) => sql.replace('note TEXT', 'note TEXT NOT NULL')),
    );
    await expect(bench.writer().write({ upserts: [aRow(1)], deletes: [] })).rejects.toMatchObject({
      ...{ column: 'note', rule: 'not-null' },
    });
  });

  it('is refused what breaks a constraint that the mapping knows nothing of', async () => {
    bench = await WriterBench.open('delete', runsSchema.map((sql) => sql.replace('ratio REAL', 'ratio REAL CHECK (ratio < 1)'))); // prettier-ignore
    await expect(bench.writer().write({ upserts: [aRow(1, { ratio: '2' })], deletes: [] })).rejects.toMatchObject({
      ...{ column: null, rule: 'constraint' },
    });
  });

  it('is refused where a column came or went, and not touched', async () => {
    bench = await WriterBench.open();
    bench.sql('ALTER TABLE runs ADD COLUMN more TEXT; ALTER TABLE runs DROP COLUMN note');
    const before = readFileSync(bench.file);
    await expect(bench.writer().write({ upserts: [aRow(1)], deletes: [] })).rejects.toMatchObject({
      code: 'LEGACY_SCHEMA_DRIFT',
      message: expect.stringMatching(/unknown column runs\.more TEXT[^]*missing column runs\.note/) as string,
    });
    expect(readFileSync(bench.file).equals(before)).toBe(true);
  });

  it('is refused where a column would make something else of a value', async () => {
    bench = await WriterBench.open('delete', ['CREATE TABLE runs (id INTEGER PRIMARY KEY, name NUMERIC, note, made_at, ratio, cost, payload)']); // prettier-ignore
    await expect(bench.writer().write({ upserts: [aRow(1, { name: '0012' })], deletes: [] })).rejects.toMatchObject({
      ...{ code: 'WRITE_BACK_REFUSED', column: 'name', rule: 'stored-otherwise' },
    });
    expect(bench.content()).toEqual([]);
  });

  it('may have our change log, which tells of what is written', async () => {
    bench = await WriterBench.open();
    await installLog(bench.file, [{ table: 'runs', key: 'id' }]);
    await bench.writer().write({ upserts: [aRow(1)], deletes: [] });
    expect(bench.rows(`SELECT count(*) FROM ${LOG}`)).toEqual([[1]]);
  });

  it.each(['delete', 'wal'] as const)(
    'is refused where another one takes its place meanwhile (%s)',
    async (journal) => {
      bench = await WriterBench.open(journal);
      const replace = (): SqlValue[][] => {
        renameSync(bench.file, `${bench.file}.old`);
        bench.sql(runsSchema.join(';'));
        return [];
      };
      const writer = bench.writer({ table: { earlier: { encoding: 'UTF-8', rows: replace } } });
      await expect(writer.write({ upserts: [aRow(1)], deletes: [] })).rejects.toMatchObject({
        code: 'WRITE_BACK_FILE_REPLACED',
      });
      expect(bench.content()).toEqual([]);
    },
  );

  it('may be in UTF-16', async () => {
    bench = await WriterBench.open('delete', [`PRAGMA encoding = 'UTF-16le'`, ...runsSchema]);
    const changes = { upserts: [aRow(1, { name: 'Café ₹ 😀', payload: '{"é": "ü"}' })], deletes: [] };
    await bench.writer().write(changes);
    expect(bench.rows('SELECT hex(CAST(name AS BLOB)), payload FROM runs')).toEqual([
      [Buffer.from('Café ₹ 😀', 'utf16le').toString('hex').toUpperCase(), String.raw`{"\u00e9": "\u00fc"}`],
    ]);
    expect(await bench.writer().write(changes)).toMatchObject({ unchanged: 1 });
  });

  it('is waited for while another program writes, and that for a time only', async () => {
    bench = await WriterBench.open();
    const other = new DatabaseSync(bench.file);
    other.exec('BEGIN IMMEDIATE');
    const changes = { upserts: [aRow(1)], deletes: [] };
    await expect(bench.writer({ file: { busyMs: 20 } }).write(changes)).rejects.toMatchObject({
      code: 'LEGACY_LOCKED',
    });
    const patient = bench.writer().write(changes);
    await new Promise((resolve) => setTimeout(resolve, 50));
    other.exec('COMMIT');
    other.close();
    expect(await patient).toMatchObject({ inserted: 1 });
  });

  it('is not made where nobody asked for it', async () => {
    bench = await WriterBench.open(null);
    await expect(bench.writer().write({ upserts: [aRow(1)], deletes: [] })).rejects.toMatchObject({
      code: 'LEGACY_NOT_FOUND',
    });
    expect(existsSync(bench.file)).toBe(false);
  });

  it('is not made where no file can be', async () => {
    bench = await WriterBench.open();
    const below = new LegacyFile(path.join(bench.file, 'below', 'legacy.db'), { createWith: runsSchema });
    const writer = new LegacyTableWriter(below, runs, { choices: {} });
    await expect(writer.write({ upserts: [aRow(1)], deletes: [] })).rejects.toMatchObject({
      code: 'WRITE_BACK_NOT_WRITABLE',
    });
  });

  it('is made with the legacy schema where that is given, and nothing lies beside it', async () => {
    bench = await WriterBench.open(null);
    await bench.writer({ file: { createWith: runsSchema } }).write({ upserts: [aRow(1)], deletes: [] });
    const statements = bench.rows(`SELECT sql FROM sqlite_schema WHERE name LIKE '%runs%' AND sql IS NOT NULL`);
    expect(statements.flat()).toEqual(runsSchema);
    expect(bench.rows('PRAGMA journal_mode').concat(bench.rows('PRAGMA page_size'))).toEqual([['delete'], [4096]]);
    expect(readdirSync(path.dirname(bench.file))).toEqual(['legacy.db']);
    expect(statSync(bench.file).size).toBeGreaterThan(0);
  });
});

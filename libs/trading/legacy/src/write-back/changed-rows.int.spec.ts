import path from 'node:path';
import { tempDir, type TempDir } from '@sluice/testing';
import { LegacyFile, LegacyTableWriter } from '@sluice/migration';
import { changedRows, pythonRows } from './changed-rows.golden';
import { legacyFileSchema, tablesOfFile, tradingWriteBacks } from './trading.write-back';
import { shownRow } from './write-back.fixture';

let dir: TempDir;
beforeEach(async () => (dir = await tempDir()));
afterEach(() => dir.remove());

describe.each(changedRows)('a new row of $table', ({ table, values, legacy }) => {
  const back = tradingWriteBacks.find((one) => one.table.name === table)!;

  it('is written as the legacy program writes it', async () => {
    const file = path.join(dir.path, back.table.source.file);
    const options = { createWith: legacyFileSchema(back.table.source.file) };
    const neighbours = tablesOfFile(back.table.source.file);
    const writer = new LegacyTableWriter(new LegacyFile(file, options), back, { choices: {}, neighbours });
    expect(await writer.write({ upserts: [{ values }], deletes: [] })).toMatchObject({ inserted: 1 });
    expect(shownRow(file, table)).toEqual(legacy);
    expect(await writer.write({ upserts: [{ values }], deletes: [] })).toMatchObject({ unchanged: 1 });
  });
});

it('is what Python with its own sqlite3 and json writes', () => {
  const written = pythonRows(
    dir.path,
    changedRows.map(({ table, python }) => {
      const { file } = tradingWriteBacks.find((one) => one.table.name === table)!.table.source;
      return { table, python, file: path.join(dir.path, path.basename(file)), schema: legacyFileSchema(file) };
    }),
  );
  if (written === null) return; // No Python here: the golden table stands for it.
  for (const { table, file } of written) {
    expect({ table, ...shownRow(file, table) }).toEqual({
      table,
      ...changedRows.find((row) => row.table === table)!.legacy,
    });
  }
});

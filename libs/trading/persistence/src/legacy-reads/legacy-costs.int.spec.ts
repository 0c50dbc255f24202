import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { tempDir, type TempDir } from '@sluice/testing';
import { LegacyCosts } from './legacy-costs';
import { LegacyFiles } from './legacy-files';

describe('LegacyCosts', () => {
  let dir: TempDir;
  let files: LegacyFiles;
  beforeEach(async () => {
    dir = await tempDir();
    await mkdir(join(dir.path, 'cache'));
    files = new LegacyFiles(dir.path);
  });
  afterEach(async () => {
    await files.close();
    await dir.remove();
  });

  const spent = (...costs: string[]): Promise<string> => {
    const file = new DatabaseSync(join(dir.path, 'cache/llm_costs.db'));
    file.exec(`CREATE TABLE llm_requests (id INTEGER PRIMARY KEY, cost_usd REAL, created_at TIMESTAMP);
      INSERT INTO llm_requests (cost_usd, created_at) VALUES ${costs.map((cost) => `(${cost}, '2026-01-09 10:00:00')`).join(', ')}`);
    file.close();
    return new LegacyCosts(files).spendOf('2026-01-09');
  };

  it('writes a sum as a decimal, however large', async () => {
    expect(await spent('1e22', '0.1')).toBe('10000000000000000000000');
  });

  it('is away where a cost is no amount', async () => {
    await expect(spent('9e999')).rejects.toMatchObject({
      code: 'LEGACY_SIDE_AWAY',
      message: expect.stringContaining('holds a cost that is no amount'),
    });
  });

  it('sums up many requests slice by slice, each once, and others have their turn meanwhile', async () => {
    const file = new DatabaseSync(join(dir.path, 'cache/llm_costs.db'));
    file.exec(`CREATE TABLE llm_requests (id INTEGER PRIMARY KEY, model TEXT, tokens_input INTEGER, tokens_output INTEGER, cost_usd REAL,
        created_at TIMESTAMP);
      CREATE INDEX idx_created_at ON llm_requests (created_at DESC);
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 23999)
      INSERT INTO llm_requests (model, tokens_input, cost_usd, created_at)
        SELECT CASE WHEN i % 4 = 0 THEN 'gpt-4' ELSE 'other' END, 2, 0.25, datetime('2026-01-01', (i / 3) || ' minutes') FROM n`);
    file.close();
    let turns = 0;
    let next = setImmediate(function again() {
      turns++;
      next = setImmediate(again);
    });
    const usage = await new LegacyCosts(files).since('2026-01-01T00:00:00Z');
    clearImmediate(next);
    expect(turns).toBeGreaterThan(3);
    expect(usage).toMatchObject({ requests: 23_997, tokensInput: 47_994, tokensOutput: null, cost: '5999.25' });
    expect(usage.models).toEqual([
      { model: 'other', requests: 17_998, cost: '4499.5', defaultPriced: true },
      { model: 'gpt-4', requests: 5_999, cost: '1499.75', defaultPriced: false },
    ]);
    expect(usage.days).toHaveLength(6);
    expect(usage.days.at(-1)).toEqual({ date: '2026-01-01', requests: 4_317, cost: '1079.25' });
    expect(await new LegacyCosts(files).spendOf('2026-01-02')).toBe('1080');
  });
});

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
    file.exec(`CREATE TABLE llm_requests (cost_usd REAL, created_at TIMESTAMP);
      INSERT INTO llm_requests VALUES ${costs.map((cost) => `(${cost}, '2026-01-09 10:00:00')`).join(', ')}`);
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
});

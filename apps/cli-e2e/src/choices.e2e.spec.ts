import { freshDatabase, tempDir, type FreshDatabase, type TempDir } from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { sluice, sluiceJson, type Report } from './sluice';

const column = 'ai_recommendations.generated_at_utc';
const only = ['--only', 'ai_recommendations'];

let dir: TempDir;
let database: FreshDatabase;
const servers = () => ({ database: database.url, legacy: dir.path });
const choicesOf = async (args: string[]) =>
  (await sluiceJson<Report & { choices: Record<string, string> }>([...args, ...only], servers())).document.choices;

beforeAll(async () => {
  [dir, database] = await Promise.all([tempDir(), freshDatabase()]);
  makeSampleTree({ dir: dir.path, seed: 9, rows: 0, tables: { ai_recommendations: 50 }, hazards: false, files: false });
});
afterAll(() => Promise.all([dir.remove(), database.drop()]));

it('reports the reading that a column was loaded with, also where it is not asked for again', async () => {
  expect(await choicesOf(['migrate', '--choose', `${column}=proven`])).toEqual({ [column]: 'proven' });
  expect(await choicesOf(['migrate'])).toEqual({ [column]: 'proven' });
  expect(await choicesOf(['verify'])).toEqual({ [column]: 'proven' });
});

it('asks anew on a restart, and says so', async () => {
  const { code, stdout, stderr } = await sluice(['migrate', '--restart', '--yes', ...only], servers());
  expect(code).toBe(0);
  const sentence = `${column} was read as "proven" and is now read as "as-labelled"`;
  expect(stderr).toContain(`warning: ${sentence}`);
  expect(stdout).toContain(sentence);
  expect(await choicesOf(['verify'])).toEqual({});
});

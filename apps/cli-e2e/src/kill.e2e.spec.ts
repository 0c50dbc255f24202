import path from 'node:path';
import { freshDatabase, tempDir, type TempDir } from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { sluice, sluiceJson, type Report } from './sluice';
import { imprint, query } from './target';

/** More rounds, or a failing seed again: SLUICE_KILL_ROUNDS=1000 SLUICE_KILL_SEED=42 npx jest kill.e2e */
const rounds = Number(process.env.SLUICE_KILL_ROUNDS ?? 100);
const firstSeed = Number(process.env.SLUICE_KILL_SEED ?? Date.now() % 1_000_000);
/** Many small ranges: many places to be killed at. */
const tuning = ['--range-bytes', '60000', '--progress', 'json'];

/** What a round migrates, in turns: one table is killed more often within itself, all of them between them. */
const PARTS = ['llm_requests', 'ai_recommendations', 'pick_events', null];

/** A run of a part that nobody interrupts. */
interface Uninterrupted {
  readonly args: readonly string[];
  readonly code: number | null;
  readonly imprint: Record<string, string>;
  readonly events: number;
  readonly elapsedMs: number;
}

let dir: TempDir;
let legacy: string;
const uninterrupted: Uninterrupted[] = [];

beforeAll(async () => {
  dir = await tempDir();
  legacy = path.join(dir.path, 'legacy');
  // One table is long enough for its indexes to be set aside during the load.
  makeSampleTree({ dir: legacy, seed: 11, rows: 1_500, tables: { llm_requests: 10_500 }, hazards: true, files: false });
  for (const part of PARTS) {
    const args = ['migrate', ...tuning, ...(part === null ? [] : ['--only', part])];
    const database = await freshDatabase();
    const startedMs = Date.now();
    const { code, stderr } = await sluice(args, { database: database.url, legacy });
    const elapsedMs = Date.now() - startedMs;
    const events = stderr.trim().split('\n').length;
    uninterrupted.push({ args, code, imprint: await imprint(database.url), events, elapsedMs });
    await database.drop();
  }
  expect(uninterrupted.at(-1)?.code).toBe(4); // Some of the hazards are in quarantine.
  expect(new Set(uninterrupted.map((one) => JSON.stringify(one.imprint))).size).toBe(PARTS.length);
});
afterAll(() => dir.remove());

/** mulberry32: a printed seed gives the same round again. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs `migrate` and kills it, at the nth event that it tells of or at a random instant; true if it came to its end. */
async function killed(
  database: string,
  { args, events, elapsedMs }: Uninterrupted,
  random: () => number,
): Promise<boolean> {
  let pid = 0;
  const kill = (): void => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  const atEvent = random() < 0.5 ? Math.ceil(random() * events) : Infinity;
  const afterMs = atEvent === Infinity ? random() * elapsedMs : Infinity;
  let timer: NodeJS.Timeout | undefined;
  const { signal } = await sluice(args, {
    database,
    legacy,
    onStart: (started) => {
      pid = started;
      if (afterMs !== Infinity) timer = setTimeout(kill, afterMs);
    },
    onOutput: (_stdout, stderr) => {
      if (stderr.split('\n').length > atEvent) kill();
    },
  });
  clearTimeout(timer);
  return signal !== 'SIGKILL';
}

it(
  `ends equal to an uninterrupted run after kill -9 at any point (${rounds} rounds from seed ${firstSeed})`,
  async () => {
    let interruptions = 0;
    for (let seed = firstSeed; seed < firstSeed + rounds; seed++) {
      const random = randomOf(seed);
      const database = await freshDatabase();
      const whole = uninterrupted[seed % PARTS.length]!;
      for (let kills = 0; kills < 2 && !(await killed(database.url, whole, random)); kills++) interruptions++;
      const { code, document } = await sluiceJson<Report>(whole.args, { database: database.url, legacy });
      const outcome = { seed, code, clean: document.tables?.every(({ verification }) => verification?.clean ?? true) };
      expect(outcome).toEqual({ seed, code: whole.code, clean: true });
      expect({ seed, ...(await imprint(database.url)) }).toEqual({ seed, ...whole.imprint });
      const [running] = await query<{ n: string }>(
        database.url,
        `SELECT count(*) AS n FROM migration_runs WHERE status = 'running'`,
      );
      expect(running?.n).toBe('0');
      await database.drop();
    }
    expect(interruptions).toBeGreaterThan(rounds / 2);
  },
  300_000 + rounds * 30_000,
);

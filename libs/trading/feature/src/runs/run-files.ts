import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunWitness, TopPicksResult } from '@sluice/trading-persistence';
import { parsePythonJson } from '../candles/python-json';
import { unstorableParts } from '../http/plain-json';
import { membersOf, type Members } from '../json-members';
import { indianTimeText, parseBound } from '../legacy-time';
import { titleCase } from '../title-case';
import { runProblems } from './run.rules';

/** A run as a file of the legacy backend tells of it. */
export interface RunFile {
  readonly file: string;
  readonly witness: RunWitness;
  /** As the engine gave it: what is stored where the run is not. */
  readonly result: TopPicksResult;
  /** When the run ended: ISO 8601 with a zone. */
  readonly endedAt: string;
}

/** A file that tells of no run, and why. */
export interface UnreadableRunFile {
  readonly file: string;
  readonly problem: string;
}

const INTRADAY = 'data/top_picks_intraday';
const DAILY = 'data/top_picks';
/** `picks_<universe>_<Mode>_<YYYYMMDD>_<HHMMSS>.json`, the stamp in UTC. */
const INTRADAY_NAME = /^picks_.+_(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)\.json$/;
const DAILY_NAME = /^picks_\d{4}-\d\d-\d\d\.json$/;
/** A thousand times the largest known. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/**
 * The run files below the legacy root, one at a time: those of single runs, then the last of each day, which repeat some of
 * them. `NaN` and the infinities in them become null. A folder that is not there has no files.
 */
export async function* readRunFiles(root: string): AsyncGenerator<RunFile | UnreadableRunFile> {
  for (const folder of [INTRADAY, DAILY]) {
    for (const name of await namesIn(join(root, folder))) {
      const form = folder === INTRADAY ? INTRADAY_NAME : DAILY_NAME;
      if (form.test(name)) yield await readRunFile(root, `${folder}/${name}`);
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function readRunFile(root: string, file: string): Promise<RunFile | UnreadableRunFile> {
  const path = join(root, file);
  if ((await stat(path)).size > MAX_FILE_BYTES) return { file, problem: 'it is too large' };
  try {
    return runOf(file, membersOf(parsePythonJson(await readFile(path, 'utf8'))));
  } catch (error) {
    if (error instanceof SyntaxError) return { file, problem: 'it is no JSON' };
    throw error;
  }
}

/** Reads what a file says. Exported for its tests. */
export function runOf(file: string, payload: Members): RunFile | UnreadableRunFile {
  const unstorable = unstorableParts(payload)[0];
  if (unstorable) return { file, problem: unstorable.detail };
  const stamp = INTRADAY_NAME.exec(file.split('/').at(-1) ?? '');
  const result = stamp ? engineResultOf(payload) : (payload as TopPicksResult);
  const { universe, mode, picks, generated_at: generatedAt, metadata } = result;
  const generatedAtUtc = typeof generatedAt === 'string' ? indianTimeText(generatedAt) : null;
  if (typeof universe !== 'string' || typeof mode !== 'string' || !Array.isArray(picks))
    return { file, problem: 'it has no universe, no mode or no picks' };
  if (typeof generatedAt !== 'string' || generatedAtUtc === null) return { file, problem: 'it has no time' };
  const seconds = membersOf(metadata)['analysis_time_seconds'];
  const elapsedSeconds = typeof seconds === 'number' ? seconds : null;
  const { run_id: runId } = payload;
  const witness: RunWitness = {
    runId: typeof runId === 'string' && runId !== '' ? runId : null,
    universe: universe.toLowerCase(),
    mode: titleCase(mode),
    ...{ generatedAt, generatedAtUtc, elapsedSeconds, items: JSON.stringify(picks) },
  };
  const endedAt = stamp ? stampedAt(stamp) : later(generatedAtUtc, elapsedSeconds ?? 0);
  const [wrong] = runProblems(result as Readonly<Record<string, unknown>>);
  if (wrong) return { file, problem: wrong.detail };
  if (parseBound(endedAt) === undefined) return { file, problem: 'it ends at no time' };
  return { file, witness, result, endedAt };
}

const stampedAt = ([, year, month, day, hour, minute, second]: RegExpExecArray): string =>
  `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;

/** Empty where that is beyond all times. */
function later(at: string, seconds: number): string {
  const end = new Date(Date.parse(at) + seconds * 1000);
  return Number.isNaN(end.getTime()) ? '' : end.toISOString();
}

/** A payload of the scheduler under the names of the engine, by which the readers of runs look. */
function engineResultOf({ items, as_of: asOf, ...rest }: Members): TopPicksResult {
  const { elapsed_seconds: seconds, policy_version: policy } = rest;
  return {
    ...rest,
    generated_at: asOf ?? null,
    ...(Array.isArray(items) ? { picks: items as unknown[], picks_count: items.length } : {}),
    metadata: { analysis_time_seconds: seconds ?? null, policy_version: policy ?? null },
  };
}

import { hostname, userInfo } from 'node:os';
import path from 'node:path';
import { onStopSignal, type StopSignal } from '@sluice/core';
import { environmentWith, loadSettings, type Settings } from '@sluice/config';
import { UsageError } from './cli.errors';
import { exitCodes } from './exit-codes';

/** The options of all commands, as commander parses them; each command declares which of them it takes. */
export interface Options {
  readonly json?: boolean;
  readonly legacy?: string;
  readonly legacyZone?: string;
  readonly workingDir?: readonly string[];
  readonly file?: readonly string[];
  readonly only?: readonly string[];
  readonly required?: boolean;
  readonly databaseUrl?: string;
  readonly redisUrl?: string;
  readonly corpusRedisUrl?: string;
  readonly progress?: 'auto' | 'bar' | 'lines' | 'json' | 'none';
  readonly lane?: 'auto' | 'pages' | 'sql' | 'exact';
  readonly offline?: boolean;
  readonly choose?: readonly string[];
  readonly restart?: boolean;
  readonly salvage?: boolean;
  readonly yes?: boolean;
  readonly maxRate?: string;
  readonly rangeBytes?: string;
  readonly format?: 'markdown' | 'html' | 'json';
  readonly seed?: string;
  readonly rows?: string;
  readonly table?: readonly string[];
  readonly hazards?: boolean;
  readonly secondPlace?: boolean;
  readonly force?: boolean;
  readonly port?: string;
  readonly stateDir?: string;
  readonly reportDir?: string;
  readonly dryRun?: boolean;
  readonly cursor?: string;
  readonly limit?: string;
  readonly tag?: readonly string[];
  readonly perSecond?: string;
  readonly name?: string;
  readonly scope?: readonly string[];
  readonly expires?: string;
  readonly overlap?: string;
  readonly once?: boolean;
  readonly recheck?: boolean;
  readonly watch?: boolean;
  readonly keepHistory?: 'retention' | 'all' | 'none';
  readonly retentionDays?: string;
  readonly retryDead?: boolean;
  readonly into?: string;
  readonly files?: string;
  readonly domain?: readonly string[];
  readonly all?: boolean;
  readonly to?: string;
  readonly by?: string;
  readonly reason?: string;
  readonly accept?: boolean;
  readonly set?: readonly string[];
  readonly confirm?: string;
  readonly wait?: string;
}

/** What a command works with: its options, the settings, the standard streams, and the wish to stop. */
export interface Context {
  readonly options: Options;
  readonly settings: Settings;
  readonly version: string;
  /** `user@host pid N`: shown to whoever is refused because this process is at work, and in the audit log. */
  readonly holder: string;
  readonly signal: AbortSignal;
  /** The exit code that the signal asks for: 129, 130 or 143. */
  readonly stoppedBy: () => number;
  /** The document on standard output. */
  readonly print: (text: string) => void;
  /** A log line on standard error. */
  readonly log: (text: string) => void;
}

const codeOfSignal = {
  SIGHUP: exitCodes.hungUp,
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
} as const satisfies Record<StopSignal, number>;

/** The variable that an option stands for. */
const variableOf = {
  databaseUrl: 'DATABASE_URL',
  redisUrl: 'REDIS_URL',
  corpusRedisUrl: 'CORPUS_REDIS_URL',
  legacy: 'LEGACY_DIR',
  legacyZone: 'LEGACY_ZONE',
  port: 'PORT',
  stateDir: 'SLUICE_STATE_DIR',
} as const satisfies Partial<Record<keyof Options, string>>;

/**
 * Settings from the environment, overridden by options. A command reads the variables that it has an option for, so that
 * a broken one of no concern does not stop it; the one that runs the API, which has a port, reads all.
 */
function settingsFor(options: Options, taken: readonly string[]): Settings {
  const names = Object.entries(variableOf) as [keyof typeof variableOf, string][];
  const environment = environmentWith(Object.fromEntries(names.map(([option, name]) => [name, options[option]])));
  if (taken.includes('port')) return loadSettings(environment);
  const read = ['PATH', ...names.filter(([option]) => taken.includes(option)).map(([, name]) => name)];
  return loadSettings(Object.fromEntries(read.map((name) => [name, environment[name]])));
}

/**
 * What a command works with; `taken` are the names of all options that it knows. The first signal asks the command to stop;
 * whoever asks again does not want to wait, and nothing that is begun needs us to be finished later.
 */
export async function createContext(options: Options, taken: readonly string[], version: string): Promise<Context> {
  const settings = settingsFor(options, taken);
  const stop = new AbortController();
  let stoppedBy: number = exitCodes.interrupted;
  onStopSignal(
    (name) => {
      stoppedBy = codeOfSignal[name];
      stop.abort();
    },
    () => process.exit(stoppedBy),
  );
  return {
    options,
    settings,
    version,
    holder: `${userInfo().username}@${hostname()} pid ${process.pid}`,
    signal: stop.signal,
    stoppedBy: () => stoppedBy,
    print: (text) => void process.stdout.write(`${text}\n`),
    log: (text) => void process.stderr.write(`${text}\n`),
  };
}

/** Of a command that runs until it is stopped: that is its end, but for a terminal that is no longer there. */
export const endCode = ({ stoppedBy }: Context): number =>
  stoppedBy() === exitCodes.hungUp ? exitCodes.hungUp : exitCodes.done;

/** The legacy root, absolute; throws a usage error where none is given. */
export function requireLegacyDir({ settings }: Context): string {
  if (!settings.legacyDir) {
    throw new UsageError('No legacy folder is given.', { remedy: 'Add --legacy DIR, or set LEGACY_DIR.' });
  }
  return path.resolve(settings.legacyDir);
}

const examples: Readonly<Record<string, string>> = {
  file: 'llm_requests=/srv/legacy/cache/llm_costs.db',
  choose: 'ai_recommendations.generated_at_utc=proven',
  table: 'llm_requests=1000',
  set: 'approvals=2',
};

/** `a=b` options as a record; throws a usage error that names the option. */
export function pairs(option: string, values: readonly string[] | undefined): Record<string, string> {
  const named = new Map<string, string>();
  for (const value of values ?? []) {
    const at = value.indexOf('=');
    if (at < 1 || value.slice(at + 1).trim() === '') {
      const remedy = `As in --${option} ${examples[option] ?? 'NAME=VALUE'}.`;
      throw new UsageError(`--${option} takes NAME=VALUE, not "${value}".`, { remedy });
    }
    const name = value.slice(0, at);
    if (named.has(name)) {
      throw new UsageError(`--${option} names ${name} twice.`, { remedy: 'Give each name once.' });
    }
    named.set(name, value.slice(at + 1));
  }
  return Object.fromEntries(named);
}

/** A whole number of at least `least`; throws a usage error that names where it was given: `--rows`, `<id>`. */
export function wholeNumber(where: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d{1,12}$/.test(text) || value < least) {
    throw new UsageError(`${where} takes a whole number of at least ${least}, not "${text}".`);
  }
  return value;
}

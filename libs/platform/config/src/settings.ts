import * as v from 'valibot';
import { InvalidSettingsError, MissingSettingError } from './config.errors';
import { httpEnvironment, type HttpSettings, httpSettingsOf } from './http-settings';
import { marketHolidays, marketSessions, type MarketSessionSetting } from './market-days';
import { SecretUrl } from './secret-url';
import { optional, preset } from './setting';
import { tracingEnvironment, type TracingSettings, tracingSettingsOf } from './tracing-settings';
import { wholeNumber } from './whole-number';

const secretUrl = (schemes: readonly string[], form: (url: string) => boolean = URL.canParse, what = 'a URL') =>
  v.pipe(
    v.string(),
    v.check(
      (text) => schemes.some((scheme) => text.startsWith(`${scheme}//`)) && form(text),
      `must be ${what} that starts with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
    ),
    v.transform((text) => new SecretUrl(text)),
  );

/** libpq's list of hosts is no URL, and node-postgres takes none. */
const postgresUrl = secretUrl(['postgresql:', 'postgres:'], URL.canParse, 'a URL of one host');
const HOST = String.raw`(?:\[[\da-fA-F:.]+\]|[^@/?#\s,:[\]]+)(?::\d+)?`;
/** Several hosts are no URL to `URL`; what is wrong with the rest of the address is for the reader of it to say. */
const REDIS_FORM = new RegExp(String.raw`^[a-z-]+://(?:[^/?#\s]*@)?${HOST}(?:,${HOST})*(?:[/?#]|$)`);
const redisUrl = secretUrl(
  ['', '-sentinel', '-cluster'].flatMap((kind) => [`redis${kind}:`, `rediss${kind}:`]),
  (text) => REDIS_FORM.test(text),
);

/** Braces are no part of a URL to `URL`; with the names filled in it must be one. */
const candlesUrl = secretUrl(['http:', 'https:'], (text) => URL.canParse(text.replace(/[{}]/g, '')));

/** Every variable that Sluice reads. An empty text counts as not set, because Docker Compose passes `${X:-}` so. */
const environment = v.object({
  DATABASE_URL: optional(postgresUrl, 'PostgreSQL, the record of everything.'),
  DATABASE_POOL_SIZE: preset(wholeNumber(1, 500), '10', 'Connections that one API process keeps at most.'),
  DATABASE_TIMEOUT_MS: preset(
    wholeNumber(100, 600_000),
    '15000',
    'A statement of the API that takes longer is cancelled and answered with 503.',
  ),
  REDIS_URL: optional(
    redisUrl,
    'Redis for caches: redis://host, redis-sentinel://host,host/group or redis-cluster://host,host; with rediss for redis over TLS. Not set: the in-process driver.',
  ),
  CACHE_DRIVER: optional(
    v.picklist(['redis', 'memory'], 'must be redis or memory'),
    'Where caches are shared: redis, or memory for this process alone. Not set: redis where REDIS_URL is set.',
  ),
  CORPUS_REDIS_URL: optional(redisUrl, 'Redis for corpora, with persistence. Not set: REDIS_URL.'),
  MARKET_HOLIDAYS: optional(
    marketHolidays,
    "Days without a session of India's market: 2026-01-26,2026-03-03. Not set: every weekday has one.",
  ),
  MARKET_SPECIAL_SESSIONS: optional(
    marketSessions,
    "The only session of a day, in India's time, also on a holiday or a Sunday: 2026-11-08 18:00-19:15.",
  ),
  PATH: preset(v.string(), '', 'Where programs such as redis-server are looked for.'),
  LEGACY_DIR: optional(v.string(), "The legacy backend's root folder."),
  LEGACY_ZONE: preset(
    v.picklist(['Asia/Kolkata', 'UTC'], 'must be Asia/Kolkata or UTC'),
    'Asia/Kolkata',
    "The zone of the legacy server's clock, for times in its files that carry none. With a wrong Asia/Kolkata a cache entry lives too short, with a wrong UTC too long.",
  ),
  SHADOW_READS_PERCENT: preset(
    wholeNumber(0, 100),
    '10',
    'Of a hundred reads of a domain in mode `shadow`, so many are asked of PostgreSQL as well and compared.',
  ),
  SLUICE_STATE_DIR: optional(
    v.string(),
    'Where `sluice start` keeps its own servers and the sample. Not set: .sluice beside package.json.',
  ),
  CANDLES_URL: optional(
    candlesUrl,
    'A service of prices: an address with {symbol}, {from}, {to} (seconds since 1970) and {interval}, which answers rows of {time, open, high, low, close}. Not set: CANDLES_DIR.',
  ),
  CANDLES_TIMEOUT_MS: preset(
    wholeNumber(1, 600_000),
    '5000',
    'Without an answer of CANDLES_URL after this, there are no prices.',
  ),
  CANDLES_DIR: optional(
    v.string(),
    'A folder of prices as the legacy cache left it, .cache/historical. Not set: there are no prices.',
  ),
  LLM_DAILY_BUDGET_USD: preset(
    v.pipe(v.string(), v.regex(/^\d{1,9}(\.\d{1,8})?$/, 'must be an amount such as 10 or 7.50')),
    '10',
    'What requests to language models may cost in a day of UTC, where the question names no other budget.',
  ),
  TOP_PICKS_RETENTION_DAYS: preset(
    wholeNumber(0, 36_500),
    '90',
    'Runs older than so many days go to the archive where POST /v1/runs/retention names no days; with 0 none. Nothing is archived unasked.',
  ),
  HOST: preset(v.string(), '127.0.0.1', 'The address that the API listens on.'),
  PORT: preset(wholeNumber(0, 65_535), '3000', 'The port that the API listens on; 0 takes a free one.'),
  ...httpEnvironment,
  LOG_LEVEL: preset(
    v.picklist(['error', 'warn', 'info', 'debug'], 'must be error, warn, info or debug'),
    'info',
    'The least severe log line that is written.',
  ),
  LOG_FORMAT: preset(
    v.picklist(['auto', 'json', 'plain'], 'must be auto, json or plain'),
    'auto',
    'auto: plain on a terminal, else one JSON object per line.',
  ),
  ...tracingEnvironment,
  SHUTDOWN_DELAY_MS: preset(
    wholeNumber(0, 600_000),
    '0',
    'How long the API says "not ready" before it stops accepting; behind a balancer, its probe interval.',
  ),
  SHUTDOWN_MS: preset(
    wholeNumber(0, 600_000),
    '10000',
    'How long requests in flight may take to finish at a shutdown; then their connections are cut.',
  ),
});

/** The settings of one process. URLs are `SecretUrl`, so that printing settings shows no password. */
export interface Settings {
  readonly databaseUrl: SecretUrl | undefined;
  readonly databasePoolSize: number;
  readonly databaseTimeoutMs: number;
  readonly redisUrl: SecretUrl | undefined;
  /** As told; `cacheDriverOf` says what it is where nothing was. */
  readonly cacheDriver: 'redis' | 'memory' | undefined;
  readonly corpusRedisUrl: SecretUrl | undefined;
  /** `YYYY-MM-DD`. */
  readonly marketHolidays: readonly string[];
  /** By date. */
  readonly marketSpecialSessions: Readonly<Record<string, MarketSessionSetting>>;
  readonly searchPath: string;
  readonly legacyDir: string | undefined;
  readonly legacyZone: 'Asia/Kolkata' | 'UTC';
  readonly shadowReadsPercent: number;
  readonly stateDir: string | undefined;
  readonly candlesUrl: SecretUrl | undefined;
  readonly candlesTimeoutMs: number;
  readonly candlesDir: string | undefined;
  /** US dollars, an exact decimal. */
  readonly llmDailyBudgetUsd: string;
  readonly topPicksRetentionDays: number;
  readonly host: string;
  readonly port: number;
  readonly http: HttpSettings;
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
  readonly logFormat: 'auto' | 'json' | 'plain';
  readonly tracing: TracingSettings;
  readonly shutdownDelayMs: number;
  readonly shutdownMs: number;
}

/** Reads and checks the environment, the only place that does. Throws `CONFIG_INVALID` with every broken rule. */
export function loadSettings(env: Readonly<Record<string, string | undefined>> = process.env): Settings {
  const given = Object.fromEntries(
    Object.keys(environment.entries).flatMap((name) => {
      const value = env[name]?.trim();
      return value ? [[name, value]] : [];
    }),
  );
  const read = v.safeParse(environment, given);
  if (!read.success) {
    throw new InvalidSettingsError(
      read.issues.map((issue) => ({ variable: v.getDotPath(issue) ?? '', rule: issue.message })),
    );
  }
  const value = read.output;
  return {
    databaseUrl: value.DATABASE_URL,
    databasePoolSize: value.DATABASE_POOL_SIZE,
    databaseTimeoutMs: value.DATABASE_TIMEOUT_MS,
    redisUrl: value.REDIS_URL,
    cacheDriver: value.CACHE_DRIVER,
    corpusRedisUrl: value.CORPUS_REDIS_URL ?? value.REDIS_URL,
    marketHolidays: value.MARKET_HOLIDAYS ?? [],
    marketSpecialSessions: value.MARKET_SPECIAL_SESSIONS ?? {},
    searchPath: value.PATH,
    legacyDir: value.LEGACY_DIR,
    legacyZone: value.LEGACY_ZONE,
    shadowReadsPercent: value.SHADOW_READS_PERCENT,
    stateDir: value.SLUICE_STATE_DIR,
    candlesUrl: value.CANDLES_URL,
    candlesTimeoutMs: value.CANDLES_TIMEOUT_MS,
    candlesDir: value.CANDLES_DIR,
    llmDailyBudgetUsd: value.LLM_DAILY_BUDGET_USD,
    topPicksRetentionDays: value.TOP_PICKS_RETENTION_DAYS,
    host: value.HOST,
    port: value.PORT,
    http: httpSettingsOf(value),
    logLevel: value.LOG_LEVEL,
    logFormat: value.LOG_FORMAT,
    tracing: tracingSettingsOf(value),
    shutdownDelayMs: value.SHUTDOWN_DELAY_MS,
    shutdownMs: value.SHUTDOWN_MS,
  };
}

/** The environment of a program that this one starts: ours, with some variables of its own. */
export function environmentWith(
  variables: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const given = Object.entries(variables).filter(([, value]) => value !== undefined);
  return { ...process.env, ...Object.fromEntries(given) };
}

/** The database's URL; throws `CONFIG_MISSING` where there is none. */
export function requireDatabaseUrl(settings: Settings): SecretUrl {
  if (!settings.databaseUrl) throw new MissingSettingError('DATABASE_URL');
  return settings.databaseUrl;
}

/** Where caches live: what was told, else in Redis where there is one. */
export function cacheDriverOf({ cacheDriver, redisUrl }: Settings): 'redis' | 'memory' {
  return cacheDriver ?? (redisUrl ? 'redis' : 'memory');
}

/** The URL of the caches' Redis; throws `CONFIG_MISSING` where there is none. */
export function requireRedisUrl(settings: Settings): SecretUrl {
  if (!settings.redisUrl) throw new MissingSettingError('REDIS_URL');
  return settings.redisUrl;
}

/** Every variable with its meaning and default, for the generated reference. */
export function describeSettings(): { variable: string; about: string; default: string | number | null }[] {
  return Object.entries(environment.entries).map(([variable, schema]) => {
    const value = v.parse(schema, undefined);
    return {
      variable,
      about: v.getDescription(schema) ?? '',
      default: typeof value === 'string' || typeof value === 'number' ? value : null,
    };
  });
}

import { inspect } from 'node:util';
import { InvalidSettingsError } from './config.errors';
import { isLoopbackHost } from './loopback';
import {
  cacheDriverOf,
  describeSettings,
  environmentWith,
  loadSettings,
  requireDatabaseUrl,
  requireRedisUrl,
} from './settings';

const problemsOf = (env: Record<string, string>): InvalidSettingsError => {
  try {
    loadSettings(env);
  } catch (error) {
    if (error instanceof InvalidSettingsError) return error;
    throw error;
  }
  throw new Error('The settings were accepted.');
};

describe('loadSettings', () => {
  it('needs no variable at all', () => {
    expect(loadSettings({})).toMatchObject({ host: '127.0.0.1', port: 3000, databaseUrl: undefined, logLevel: 'info' });
  });

  it('takes an address of prices with names in braces, and shows no key of it', () => {
    const address = 'https://prices.example/{symbol}?from={from}&to={to}&i={interval}&key=hush';
    const { candlesUrl, candlesTimeoutMs } = loadSettings({ CANDLES_URL: address });
    expect([candlesUrl?.reveal(), candlesTimeoutMs]).toEqual([address, 5_000]);
    expect(inspect(candlesUrl)).not.toContain('hush');
    expect(problemsOf({ CANDLES_URL: 'file:///{symbol}' }).message).toContain('CANDLES_URL');
  });

  it('reads times without a zone so that entries live too short rather than too long', () => {
    expect(loadSettings({}).legacyZone).toBe('Asia/Kolkata');
    expect(loadSettings({ LEGACY_ZONE: 'UTC' }).legacyZone).toBe('UTC');
    expect(problemsOf({ LEGACY_ZONE: 'IST' }).message).toBe('LEGACY_ZONE must be Asia/Kolkata or UTC.');
  });

  it('takes an empty or blank variable as not set', () => {
    expect(loadSettings({ PORT: '', REDIS_URL: '  ' })).toMatchObject({ port: 3000, redisUrl: undefined });
  });

  it('names every broken variable and shows none of their values', () => {
    const error = problemsOf({ DATABASE_URL: 'mysql://u:hunter2@h/db', PORT: '70000', LOG_LEVEL: 'loud' });
    expect(error.problems.map(({ variable }) => variable)).toEqual(['DATABASE_URL', 'PORT', 'LOG_LEVEL']);
    for (const value of ['hunter2', 'mysql', '70000', 'loud']) {
      expect(inspect(error)).not.toContain(value);
      expect(error.message).not.toContain(value);
    }
  });

  it.each(['1e3', '0x10', '-1', '3000.5', ' 3 0', '99999999999999999999'])('refuses the port %p', (port) => {
    expect(problemsOf({ PORT: port }).message).toBe('PORT must be a whole number from 0 to 65535.');
  });

  it('shows no password however the settings are printed', () => {
    const settings = loadSettings({
      DATABASE_URL: 'postgresql://me:hunter2@db:5432/sluice?sslpassword=hunter2',
      REDIS_URL: 'rediss://:hunter2@cache:6379/1',
    });
    const url = String(settings.databaseUrl);
    expect(url).toBe('postgresql://***@db:5432/sluice?***');
    expect([inspect(settings), JSON.stringify(settings), url].join()).not.toContain('hunter2');
    expect(requireDatabaseUrl(settings).reveal()).toContain('hunter2');
  });

  it.each([
    [
      'redis-sentinel://me:hunter2@s1:26379,s2/main/0?sentinel-password=hunter2',
      'redis-sentinel://***@s1:26379,s2/main/0?***',
    ],
    ['rediss-cluster://:hunter2@a:7000,b', 'rediss-cluster://***@a:7000,b'],
    ['redis://me:hunter@2@h', 'redis://***@h'],
    ['redis://h/#hunter2', 'redis://h/'],
    ['redis://me@h/hunter@2', 'redis://***'],
    ['redis-sentinel://s/main?sentinel-password=hunter@2', 'redis-sentinel://***'],
    ['redis://[::1]:6379/1', 'redis://[::1]:6379/1'],
  ])('takes %s as the address of a Redis and shows %s', (url, shown) => {
    expect(String(loadSettings({ REDIS_URL: url }).redisUrl)).toBe(shown);
  });

  it('says of a list of PostgreSQL hosts that one is taken', () => {
    const url = 'postgresql://ada@one:5432,two:5432/sluice';
    expect(problemsOf({ DATABASE_URL: url }).message).toMatch(
      /^DATABASE_URL must be a URL of one host that starts with /,
    );
  });

  it.each([
    'redis-sentinels://a',
    'redis:a',
    'redis://',
    'http://a',
    'redis-cluster:// a',
    'redis://me:hunter2',
    'redis://me:h/2@h',
  ])('refuses %s', (url) => {
    expect(problemsOf({ REDIS_URL: url }).message).toMatch(/^REDIS_URL must be a URL that starts with redis:\/\//);
  });

  it('gives the corpus the Redis of the cache unless it has its own', () => {
    expect(String(loadSettings({ REDIS_URL: 'redis://a' }).corpusRedisUrl)).toBe('redis://a');
    expect(String(loadSettings({ REDIS_URL: 'redis://a', CORPUS_REDIS_URL: 'redis://b' }).corpusRedisUrl)).toBe(
      'redis://b',
    );
  });

  it('shares caches over Redis where there is one, unless told otherwise', () => {
    const driverOf = (env: Record<string, string>) => cacheDriverOf(loadSettings(env));
    expect([driverOf({}), driverOf({ REDIS_URL: 'redis://a' })]).toEqual(['memory', 'redis']);
    expect(driverOf({ REDIS_URL: 'redis://a', CACHE_DRIVER: 'memory' })).toBe('memory');
    expect(problemsOf({ CACHE_DRIVER: 'disk' }).message).toBe('CACHE_DRIVER must be redis or memory.');
    expect(() => requireRedisUrl(loadSettings({ CACHE_DRIVER: 'redis' }))).toThrow('REDIS_URL is not set.');
  });

  it("reads the days of India's market that are none of every week", () => {
    const days = { MARKET_HOLIDAYS: '2026-01-26, 2028-02-29', MARKET_SPECIAL_SESSIONS: '2026-11-08 18:00-19:15' };
    expect(loadSettings(days)).toMatchObject({
      marketHolidays: ['2026-01-26', '2028-02-29'],
      marketSpecialSessions: { '2026-11-08': { opens: '18:00', closes: '19:15' } },
    });
    expect(loadSettings({})).toMatchObject({ marketHolidays: [], marketSpecialSessions: {} });
  });

  it.each(['26.1.2026', '2026-02-29', '2026-01-26,', '2026-1-26', '+12026-01-26'])('refuses the holiday %p', (day) => {
    expect(problemsOf({ MARKET_HOLIDAYS: day }).message).toBe(
      'MARKET_HOLIDAYS must be dates like 2026-01-26, separated by commas.',
    );
  });

  it.each([
    '2026-11-08',
    '2026-11-08 19:15-18:00',
    '2026-11-31 18:00-19:15',
    '2026-11-08 18:00-24:30',
    '2026-11-08 9:00-10:00',
    '2026-11-08 18:00-19:15,2026-11-08 20:00-21:00',
  ])('refuses the session %p', (session) => {
    expect(problemsOf({ MARKET_SPECIAL_SESSIONS: session }).message).toMatch(/^MARKET_SPECIAL_SESSIONS must be one/);
  });

  it('reads who may ask the API, how often and how much', () => {
    expect(loadSettings({}).http).toEqual({
      ...{ auth: undefined, ratePerMinute: 6_000, anonymousRatePerMinute: 120, trustedProxies: [], corsOrigins: [] },
      ...{ bodyLimitBytes: 1_048_576, requestTimeoutMs: 30_000, maxConnections: 1_000 },
    });
    const given = { API_AUTH: 'keys', API_TRUSTED_PROXIES: '10.0.0.0/8, ::1', API_CORS_ORIGINS: 'https://a.example' };
    expect(loadSettings(given).http).toMatchObject({
      ...{ auth: 'keys', trustedProxies: ['10.0.0.0/8', '::1'], corsOrigins: ['https://a.example'] },
    });
  });

  it.each([
    ['API_AUTH', 'off'],
    ['API_CORS_ORIGINS', '*'],
    ['API_CORS_ORIGINS', 'https://a.example/'],
    ['API_CORS_ORIGINS', 'null'],
    ['API_TRUSTED_PROXIES', 'all'],
    ['API_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['API_TRUSTED_PROXIES', '10.0.0.1,'],
    ['API_BODY_LIMIT_BYTES', '0'],
  ])('refuses %s=%s', (variable, value) => {
    expect(problemsOf({ [variable]: value }).message).toMatch(new RegExp(`^${variable} must be `));
  });

  it.each([
    ['127.0.0.1', true],
    ['localhost', true],
    ['::1', true],
    ['127.8.9.10', true],
    ['0.0.0.0', false],
    ['::', false],
    ['10.0.0.7', false],
    ['localhost.evil.example', false],
  ])('knows whether only this machine can connect to %s: %s', (host, expected) => {
    expect(isLoopbackHost(host)).toBe(expected);
  });

  it('says which variable is missing', () => {
    expect(() => requireDatabaseUrl(loadSettings({}))).toThrow('DATABASE_URL is not set.');
  });

  it('describes every variable', () => {
    const described = describeSettings();
    expect(described.every(({ about }) => about.length > 10)).toBe(true);
    expect(described).toContainEqual(expect.objectContaining({ variable: 'PORT', default: 3000 }));
  });
});

describe('environmentWith', () => {
  it('keeps what this process has, and leaves out what is undefined', () => {
    const environment = environmentWith({ SLUICE_STATE_DIR: '/state', PATH: undefined });
    expect(environment).toMatchObject({ SLUICE_STATE_DIR: '/state', PATH: process.env.PATH });
  });
});

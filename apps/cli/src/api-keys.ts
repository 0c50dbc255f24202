import { requireDatabaseUrl } from '@sluice/config';
import { expected } from '@sluice/migration';
import { type ApiKey, ApiKeys, type ApiScope, apiScopes, type NewApiKey, Postgres } from '@sluice/postgres';
import { DatabaseNotMigratedError, UsageError } from './cli.errors';
import type { Context } from './context';
import { readSchemaState } from './schema-state';

/** Runs with the keys of the database. Throws `CLI_DATABASE_NOT_MIGRATED` where it is older than they are. */
export async function withKeys<T>(context: Context, name: string, work: (keys: ApiKeys) => Promise<T>): Promise<T> {
  const { pending, failed } = await readSchemaState(context, name);
  if (pending.length + failed.length > 0) throw new DatabaseNotMigratedError([...failed, ...pending]);
  const url = requireDatabaseUrl(context.settings).reveal();
  const postgres = new Postgres({ url, poolSize: 1, applicationName: `sluice ${name} ${context.holder}` });
  try {
    return await work(new ApiKeys(postgres));
  } catch (error) {
    throw expected(error);
  } finally {
    await postgres.close();
  }
}

const MS_OF = { d: 86_400_000, h: 3_600_000, m: 60_000 } as const;
const MOST_DAYS = 3_650;

/** `90d`, `24h` or `30m` in milliseconds, at most ten years; throws a usage error that names the option. */
export function lifeMs(option: string, text: string, leastMs: number): number {
  const [, count = '', unit = 'd'] = /^(\d{1,7})([dhm])$/.exec(text) ?? [];
  const ms = count === '' ? NaN : Number(count) * MS_OF[unit as keyof typeof MS_OF];
  if (ms >= leastMs && ms <= MOST_DAYS * MS_OF.d) return ms;
  throw new UsageError(`${option} takes a time like 90d, 24h or 30m, up to ${MOST_DAYS}d, not "${text}".`);
}

/** `read,write` as scopes; throws a usage error for what is none. */
export function scopesOf(text: string): ApiScope[] {
  const given = [...new Set(text.split(',').map((part) => part.trim()))];
  const scopes = apiScopes.filter((scope) => given.includes(scope));
  if (scopes.length === given.length) return scopes;
  throw new UsageError(`--scope takes ${apiScopes.join(', ')}, or several with commas between them, not "${text}".`);
}

const NAME = /^[^\p{Cc}\p{Cs}]{1,100}$/u;

/** Throws a usage error for a name that could not be stored or shown. */
export function assertName(name: string): void {
  if (!NAME.test(name) || name.trim() === '') throw new UsageError('--name takes 1 to 100 visible characters.');
}

/** Of a key, what JSON shows. */
export const keyDocument = ({ id, name, scopes, createdAt, expiresAt, revokedAt, lastUsedAt }: ApiKey) => ({
  ...{ id, name, scopes, state: stateOf({ expiresAt, revokedAt }) },
  ...{ createdAt, expiresAt, revokedAt, lastUsedAt },
});

export function stateOf({ expiresAt, revokedAt }: Pick<ApiKey, 'expiresAt' | 'revokedAt'>): string {
  if (revokedAt) return 'revoked';
  return expiresAt && expiresAt.getTime() <= Date.now() ? 'expired' : 'live';
}

/** `2026-11-21 13:05`, UTC. */
export const shownTime = (time: Date | null): string => time?.toISOString().slice(0, 16).replace('T', ' ') ?? '';

/** Prints the text alone on standard output, so that it can be put into a file or a secret store; the rest is for people. */
export function printNewKey(context: Context, { key, text }: NewApiKey, more: object = {}): void {
  if (context.options.json) {
    context.print(JSON.stringify({ ...keyDocument(key), key: text, ...more }, null, 2));
    return;
  }
  const end = key.expiresAt ? `until ${shownTime(key.expiresAt)} UTC` : 'without an end';
  context.log(`The key ${key.id} of ${key.name} may ${key.scopes.join(' and ')}, ${end}. It is shown this once:`);
  context.print(text);
}

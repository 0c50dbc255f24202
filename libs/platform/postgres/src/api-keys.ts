import { DomainError } from '@sluice/core';
import { type ApiKeyText, formatApiKey, hashOfSecret, newApiKey } from './api-key-text';
import { interval } from './backlog';
import { Prisma } from './generated/client';
import type { Postgres, Transaction } from './postgres';

export const apiScopes = ['read', 'write', 'admin'] as const;

/** `admin` may do everything; `read` and `write` do not hold each other. */
export type ApiScope = (typeof apiScopes)[number];

/** A key without what is secret of it. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** To the hour. */
  readonly lastUsedAt: Date | null;
}

/** A key as it is checked. */
export interface StoredApiKey extends ApiKey {
  readonly secretHash: Uint8Array;
}

/** A key that was made now; nobody can read its text again. */
export interface NewApiKey {
  readonly key: ApiKey;
  /** `sluice_<id>_<secret>`. */
  readonly text: string;
}

/** There is no key of this id. */
export class ApiKeyUnknownError extends DomainError {
  readonly code = 'API_KEY_UNKNOWN';
  readonly kind = 'not-found';

  constructor() {
    super('There is no key of this id.', { remedy: 'See `sluice keys list`.' });
  }
}

/** A key that is revoked or has expired is not rotated: its owner would get back what was taken away. */
export class ApiKeyEndedError extends DomainError {
  readonly code = 'API_KEY_ENDED';
  readonly kind = 'conflict';

  constructor(id: string) {
    super(`The key ${id} is revoked or has expired.`, { remedy: 'Make a new one with `sluice keys create`.' });
  }
}

/** A second successor would live as long as the overlap, which the first one has made the end of this key. */
export class ApiKeyRotatedError extends DomainError {
  readonly code = 'API_KEY_ROTATED';
  readonly kind = 'conflict';

  constructor(id: string, successorId: string) {
    super(`The key ${id} was rotated already, to ${successorId}.`, {
      remedy: `Rotate ${successorId} where its text was lost.`,
    });
  }
}

interface RotatedKey extends ApiKey {
  readonly isLive: boolean;
  readonly lifeMs: number | null;
  readonly successorId: string | null;
}

const COLUMNS = Prisma.sql`
  id, name, scopes, created_at AS "createdAt", expires_at AS "expiresAt", revoked_at AS "revokedAt",
  last_used_at AS "lastUsedAt"`;
const IS_LIVE = Prisma.sql`revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())`;
/** Times are the database's, to the millisecond, as programs read them back. */
const NOW = Prisma.sql`date_trunc('milliseconds', clock_timestamp())`;

/** The keys of the API. Of a secret only its hash is kept. */
export class ApiKeys {
  constructor(private readonly postgres: Postgres) {}

  /** `lifeMs` null is a key without an end. */
  async create(name: string, scopes: readonly ApiScope[], lifeMs: number | null): Promise<NewApiKey> {
    return this.postgres.transaction((tx) => insert(tx, name, scopes, lifeMs));
  }

  /** The newest first. */
  async list(): Promise<ApiKey[]> {
    return this.postgres.rows<ApiKey>(Prisma.sql`SELECT ${COLUMNS} FROM api_keys ORDER BY created_at DESC, id`);
  }

  async find(id: string): Promise<StoredApiKey | null> {
    const [row] = await this.postgres.rows<StoredApiKey>(
      Prisma.sql`SELECT ${COLUMNS}, secret_hash AS "secretHash" FROM api_keys WHERE id = ${id}`,
    );
    return row ?? null;
  }

  /**
   * A new key of the same name and scopes, which lives as long as the old one was to; the old one ends after `overlapMs`,
   * or before where it was to. Once only: then its end says no more how long it was to live. Throws `API_KEY_UNKNOWN`,
   * `API_KEY_ROTATED` and `API_KEY_ENDED`.
   */
  async rotate(id: string, overlapMs: number): Promise<NewApiKey> {
    return this.postgres.transaction(async (tx) => {
      const [old] = await tx.$queryRaw<RotatedKey[]>(Prisma.sql`
        SELECT ${COLUMNS}, ${IS_LIVE} AS "isLive", successor_id AS "successorId",
               (extract(epoch FROM expires_at - created_at) * 1000)::float8 AS "lifeMs"
        FROM api_keys WHERE id = ${id} FOR UPDATE`);
      if (!old) throw new ApiKeyUnknownError();
      if (old.successorId !== null) throw new ApiKeyRotatedError(id, old.successorId);
      if (!old.isLive) throw new ApiKeyEndedError(id);
      const made = await insert(tx, old.name, old.scopes, old.lifeMs);
      await tx.$executeRaw(Prisma.sql`
        UPDATE api_keys SET expires_at = least(expires_at, ${NOW} + ${interval(overlapMs)}), successor_id = ${made.key.id}
        WHERE id = ${id}`);
      return made;
    });
  }

  /** Ends a key now; one that is revoked stays as it is. Throws `API_KEY_UNKNOWN`. */
  async revoke(id: string): Promise<ApiKey> {
    const [key] = await this.postgres.rows<ApiKey>(Prisma.sql`
      UPDATE api_keys SET revoked_at = coalesce(revoked_at, ${NOW}) WHERE id = ${id} RETURNING ${COLUMNS}`);
    if (!key) throw new ApiKeyUnknownError();
    return key;
  }

  /** Notes that the key was used in this hour. */
  async noteUse(id: string): Promise<void> {
    await this.postgres.run((prisma) =>
      prisma.$executeRaw(Prisma.sql`
        UPDATE api_keys SET last_used_at = date_trunc('hour', clock_timestamp())
        WHERE id = ${id} AND (last_used_at IS NULL OR last_used_at < date_trunc('hour', clock_timestamp()))`),
    );
  }
}

async function insert(
  tx: Transaction,
  name: string,
  scopes: readonly ApiScope[],
  lifeMs: number | null,
): Promise<NewApiKey> {
  const made: ApiKeyText = newApiKey();
  const end = lifeMs === null ? Prisma.sql`NULL` : Prisma.sql`now + ${interval(lifeMs)}`;
  const [key] = await tx.$queryRaw<[ApiKey]>(Prisma.sql`
    INSERT INTO api_keys (id, name, secret_hash, scopes, created_at, expires_at)
    SELECT ${made.id}, ${name}, ${hashOfSecret(made.secret)}, ${[...scopes]}::text[], now, ${end} FROM (SELECT ${NOW} AS now) clock
    RETURNING ${COLUMNS}`);
  return { key, text: formatApiKey(made) };
}

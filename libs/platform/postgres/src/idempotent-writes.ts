import { DomainError } from '@sluice/core';
import type { CacheOutbox } from './cache-outbox';
import { Prisma } from './generated/client';
import type { Transaction } from './postgres';

/** A request that its caller may send again under the same key. */
export interface IdempotentRequest {
  /** The same key of two callers is two keys. */
  readonly caller: string;
  readonly key: string;
  /** SHA-256 of what is asked for. */
  readonly fingerprint: Buffer;
}

/** What a write answers. `isReplayed`: it was done before, and this is the answer of that time. */
export interface Answered<T> {
  readonly answer: T;
  readonly isReplayed: boolean;
}

/** The key was used for another request: one of the two is a mistake of the client. */
export class IdempotencyKeyReusedError extends DomainError {
  readonly code = 'IDEMPOTENCY_KEY_REUSED';
  readonly kind = 'invalid';

  constructor() {
    super('This idempotency key was used for another request.', { remedy: 'Make a new key for each new request.' });
  }
}

/** So long a client may ask again. */
const KEPT_FOR = '24 hours';
/** How many keys that nobody can ask for any more a write takes away. */
const SWEPT_AT_ONCE = 20;

interface Kept {
  readonly isSame: boolean;
  readonly answer: string;
}

/**
 * Writes that a client can send again without doing them twice. The key, the answer and what was written commit together:
 * after a crash either all of it is there or nothing, and the same request finds its answer or is done for the first time.
 * A second request that comes while the first is at work waits for it at the key's unique index. What fails leaves no key.
 */
export class IdempotentWrites {
  constructor(private readonly outbox: CacheOutbox) {}

  /**
   * Does the work of a request once; without a key, each time. The answer must be a JSON value: a second caller is given it
   * from its text. Throws `IDEMPOTENCY_KEY_REUSED`, and what `work` throws, with nothing kept.
   */
  async run<T>(request: IdempotentRequest | null, work: (tx: Transaction) => Promise<T>): Promise<Answered<T>> {
    return this.outbox.transaction(async (tx) => {
      if (request === null) return { answer: await work(tx), isReplayed: false };
      const kept = await take(tx, request);
      if (kept !== null) {
        if (!kept.isSame) throw new IdempotencyKeyReusedError();
        return { answer: JSON.parse(kept.answer) as T, isReplayed: true };
      }
      const answer = await work(tx);
      await tx.$executeRaw(Prisma.sql`
        UPDATE idempotency_keys SET answer = ${JSON.stringify(answer)}
        WHERE caller = ${request.caller} AND key = ${request.key}`);
      return { answer, isReplayed: false };
    });
  }
}

/** Null where the key is now this transaction's; what was answered where it was used before. */
async function take(tx: Transaction, { caller, key, fingerprint }: IdempotentRequest): Promise<Kept | null> {
  const expiresAt = Prisma.sql`clock_timestamp() + ${KEPT_FOR}::interval`;
  const taken = await tx.$executeRaw(Prisma.sql`
    WITH swept AS (
      DELETE FROM idempotency_keys WHERE (caller, key) IN (
        SELECT caller, key FROM idempotency_keys
        WHERE expires_at < clock_timestamp() AND (caller, key) <> (${caller}, ${key})
        ORDER BY expires_at LIMIT ${SWEPT_AT_ONCE}::bigint FOR UPDATE SKIP LOCKED
      )
    )
    INSERT INTO idempotency_keys AS kept (caller, key, fingerprint, expires_at)
    VALUES (${caller}, ${key}, ${fingerprint}, ${expiresAt})
    ON CONFLICT (caller, key) DO UPDATE SET fingerprint = excluded.fingerprint, answer = NULL, expires_at = excluded.expires_at
      WHERE kept.expires_at < clock_timestamp()`);
  if (taken > 0) return null;
  const [kept] = await tx.$queryRaw<Kept[]>(Prisma.sql`
    SELECT fingerprint = ${fingerprint} AS "isSame", answer FROM idempotency_keys WHERE caller = ${caller} AND key = ${key}`);
  return kept ?? take(tx, { caller, key, fingerprint }); // Swept by another one in between.
}

import { Injectable } from '@nestjs/common';
import { Postgres, Prisma, type Transaction } from '@sluice/postgres';
import { awaitLock } from '../advisory-lock';
import { utcText } from '../legacy-sql';

/** A preference as it counts. A value of null is JSON's `null`. */
export interface PreferenceRow {
  readonly pref_key: string;
  readonly pref_value: unknown;
  /** UTC, with `Z`. */
  readonly updated_at: string | null;
  /** Another one after every change, whichever store it is in. */
  readonly version: string;
}

export interface PreferenceKey {
  readonly userId: string;
  readonly prefKey: string;
}

/**
 * Preferences of users, joined from the two stores that the legacy backend had: system D's `user_preferences` and the
 * memory manager's `memory_preferences`. Of one user and key the newest `updated_at` counts, D's where they are equal, and
 * one without a time is the oldest. An SQL NULL is no preference. New values go to `user_preferences`.
 */
@Injectable()
export class PreferenceRepository {
  constructor(private readonly postgres: Postgres) {}

  /** By key, in code point order. */
  async list(userId: string): Promise<PreferenceRow[]> {
    return this.postgres.rows<PreferenceRow>(joined(Prisma.sql`user_id = ${userId}`));
  }

  async find({ userId, prefKey }: PreferenceKey): Promise<PreferenceRow | null> {
    const [found] = await this.postgres.rows<PreferenceRow>(joined(isKey({ userId, prefKey })));
    return found ?? null;
  }

  /** As `find`, and nobody else changes or makes it until the transaction ends. */
  async lock(tx: Transaction, key: PreferenceKey): Promise<PreferenceRow | null> {
    const found = await this.lockRows(tx, key);
    if (found) return found;
    // There is no row to hold: whoever is making one is waited for.
    await awaitLock(tx, `preference ${JSON.stringify([key.userId, key.prefKey])}`);
    return this.lockRows(tx, key);
  }

  private async lockRows(tx: Transaction, key: PreferenceKey): Promise<PreferenceRow | null> {
    // In this order, for all: a value of the memory manager's is overwritten in the other table.
    await tx.$queryRaw(Prisma.sql`SELECT 1 FROM memory_preferences WHERE ${isKey(key)} FOR UPDATE`);
    await tx.$queryRaw(Prisma.sql`SELECT 1 FROM user_preferences WHERE ${isKey(key)} FOR UPDATE`);
    const [found] = await tx.$queryRaw<PreferenceRow[]>(joined(isKey(key)));
    return found ?? null;
  }

  /** How many bytes the user's other preferences have, keys and values; nobody else stores one of the user until the end. */
  async othersBytes(tx: Transaction, { userId, prefKey }: PreferenceKey): Promise<number> {
    await awaitLock(tx, `preferences ${JSON.stringify(userId)}`);
    const [others] = await tx.$queryRaw<[{ bytes: number }]>(Prisma.sql`
      SELECT coalesce(sum(octet_length(pref_key) + octet_length(pref_value::text)), 0)::float8 AS bytes
      FROM (${joined(Prisma.sql`user_id = ${userId} AND pref_key <> ${prefKey}`)}) AS others`);
    return others.bytes;
  }

  /** Stores a value as of now, never before the other store's, so that it counts. */
  async put(tx: Transaction, { userId, prefKey }: PreferenceKey, value: unknown): Promise<PreferenceRow> {
    const [stored] = await tx.$queryRaw<PreferenceRow[]>(Prisma.sql`
      INSERT INTO user_preferences (user_id, pref_key, pref_value, updated_at)
      SELECT ${userId}::text, ${prefKey}::text, ${JSON.stringify(value)}::jsonb, greatest(clock_timestamp(), (
        SELECT updated_at FROM memory_preferences WHERE ${isKey({ userId, prefKey })}
      ))
      ON CONFLICT (user_id, pref_key) DO UPDATE SET pref_value = excluded.pref_value, updated_at = excluded.updated_at
      RETURNING pref_key, pref_value, ${utcText('updated_at')} || 'Z' AS updated_at, 'd' || xmin::text AS version`);
    return stored!;
  }

  /** From both stores, or the older value would come back. */
  async remove(tx: Transaction, key: PreferenceKey): Promise<void> {
    await tx.$executeRaw(Prisma.sql`DELETE FROM memory_preferences WHERE ${isKey(key)}`);
    await tx.$executeRaw(Prisma.sql`DELETE FROM user_preferences WHERE ${isKey(key)}`);
  }
}

const isKey = ({ userId, prefKey }: PreferenceKey): Prisma.Sql =>
  Prisma.sql`user_id = ${userId} AND pref_key = ${prefKey}`;

const joined = (condition: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT pref_key, pref_value, ${utcText('updated_at')} || 'Z' AS updated_at, version
  FROM (
    SELECT DISTINCT ON (pref_key COLLATE "C") *
    FROM (
      SELECT pref_key, pref_value, updated_at, 'd' || xmin::text AS version, 1 AS store FROM user_preferences
      WHERE ${condition} AND pref_value IS NOT NULL
      UNION ALL
      SELECT pref_key, pref_value, updated_at, 'j' || xmin::text AS version, 2 AS store FROM memory_preferences
      WHERE ${condition}
    ) AS both_stores
    ORDER BY pref_key COLLATE "C", updated_at DESC NULLS LAST, store
  ) AS counting
  ORDER BY pref_key COLLATE "C"`;

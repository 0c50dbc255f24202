import { Injectable } from '@nestjs/common';
import type { Transaction } from '@sluice/postgres';
import { PreferenceRepository, type PreferenceKey, type PreferenceRow } from '@sluice/trading-persistence';
import { assertMatches, type Preconditions } from '../http/entity-tag';
import { RequestInvalidError } from '../http/request.pipe';
import { PreferenceAbsentError } from './context.errors';

/** An index of PostgreSQL takes 2,704 bytes in a row, with some for itself: more than a thousand letters, but not of each script. */
const MAX_KEY_BYTES = 2_600;
/** All of a user's preferences are one answer. */
const MAX_USER_BYTES = 4 * 1024 * 1024;

/** Preferences of users. Several may write one: `If-Match` says which value is to be changed. */
@Injectable()
export class PreferencesService {
  constructor(private readonly preferences: PreferenceRepository) {}

  /** Values by key; none for an unknown user. */
  async getAll(userId: string): Promise<Record<string, unknown>> {
    const rows = await this.preferences.list(userId);
    return Object.fromEntries(rows.map((row) => [row.pref_key, row.pref_value]));
  }

  /** Throws `CONTEXT_PREFERENCE_UNKNOWN`. */
  async get(key: PreferenceKey): Promise<PreferenceRow> {
    const found = await this.preferences.find(key);
    if (!found) throw new PreferenceAbsentError();
    return found;
  }

  /** Throws `TRADING_OUTDATED`, and `API_REQUEST_INVALID` for a user and key, or a user's values, that are too large together. */
  async put(tx: Transaction, key: PreferenceKey, value: unknown, conditions: Preconditions): Promise<PreferenceRow> {
    if (Buffer.byteLength(key.userId) + Buffer.byteLength(key.prefKey) > MAX_KEY_BYTES)
      throw new RequestInvalidError([
        { pointer: '/pref_key', detail: `user_id and pref_key must be ${MAX_KEY_BYTES} bytes at most together` },
      ]);
    const current = await this.preferences.lock(tx, key);
    assertMatches(conditions, current?.version ?? null);
    await this.assertRoom(tx, key, value, current);
    return this.preferences.put(tx, key, value);
  }

  /** A user who has more, from a legacy store, may still make a value smaller. */
  private async assertRoom(tx: Transaction, key: PreferenceKey, value: unknown, current: PreferenceRow | null) {
    const others = await this.preferences.othersBytes(tx, key);
    if (others + bytesOf(value) + Buffer.byteLength(key.prefKey) <= MAX_USER_BYTES) return;
    if (current && bytesOf(value) <= bytesOf(current.pref_value)) return;
    throw new RequestInvalidError([
      { pointer: '/value', detail: `the preferences of a user must be ${MAX_USER_BYTES} bytes at most together` },
    ]);
  }

  /** The value that was removed. Throws `TRADING_OUTDATED`, and `CONTEXT_PREFERENCE_UNKNOWN`. */
  async remove(tx: Transaction, key: PreferenceKey, conditions: Preconditions): Promise<PreferenceRow> {
    const current = await this.preferences.lock(tx, key);
    assertMatches(conditions, current?.version ?? null);
    if (!current) throw new PreferenceAbsentError();
    await this.preferences.remove(tx, key);
    return current;
  }
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

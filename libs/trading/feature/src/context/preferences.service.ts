import { Injectable } from '@nestjs/common';
import type { Transaction } from '@sluice/postgres';
import { PreferenceRepository, type PreferenceKey, type PreferenceRow } from '@sluice/trading-persistence';
import { assertMatches } from '../http/entity-tag';
import { PreferenceAbsentError } from './context.errors';

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

  /** Throws `TRADING_OUTDATED`. */
  async put(tx: Transaction, key: PreferenceKey, value: unknown, ifMatch: string | undefined): Promise<PreferenceRow> {
    const current = await this.preferences.lock(tx, key);
    assertMatches(ifMatch, current?.version ?? null);
    return this.preferences.put(tx, key, value);
  }

  /** The value that was removed. Throws `TRADING_OUTDATED`, and `CONTEXT_PREFERENCE_UNKNOWN`. */
  async remove(tx: Transaction, key: PreferenceKey, ifMatch: string | undefined): Promise<PreferenceRow> {
    const current = await this.preferences.lock(tx, key);
    assertMatches(ifMatch, current?.version ?? null);
    if (!current) throw new PreferenceAbsentError();
    await this.preferences.remove(tx, key);
    return current;
  }
}

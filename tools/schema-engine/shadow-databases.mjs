import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { readAddress, withCharColumns, withOwnSession, withWholeScripts } from './connection.mjs';

/**
 * Databases in which the engine replays the migrations. The adapter's own version drops such a database before it closes
 * the connections to it, which PostgreSQL refuses; here it is closed first, and whatever a failed request leaves open is
 * dropped by `disposeAll`.
 */
export class ShadowDatabases {
  #open = new Set();

  /** One given by its address: emptied, and left there afterwards. */
  async useGiven(url) {
    const { config, schema = 'public' } = readAddress(url);
    const adapter = withWholeScripts(
      withCharColumns(await new PrismaPg(withOwnSession(config, schema), { schema }).connect()),
    );
    await adapter.executeScript(`DROP SCHEMA IF EXISTS "${schema}" CASCADE; CREATE SCHEMA "${schema}"`);
    return adapter;
  }

  /** A new one on the target's server, dropped afterwards. */
  async create(target, schema) {
    const name = `prisma_migrate_shadow_db_${randomUUID()}`;
    const admin = new pg.Client(target);
    await admin.connect();
    await admin.query(`CREATE DATABASE "${name}"`);
    const adapter = withWholeScripts(
      withCharColumns(await new PrismaPg(withOwnSession({ ...target, database: name }, schema), { schema }).connect()),
    );
    const close = adapter.dispose.bind(adapter);
    adapter.dispose = async () => {
      if (!this.#open.delete(adapter)) return;
      await close();
      await admin.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
      await admin.end();
    };
    this.#open.add(adapter);
    return adapter;
  }

  async disposeAll() {
    for (const adapter of this.#open) await adapter.dispose();
  }
}

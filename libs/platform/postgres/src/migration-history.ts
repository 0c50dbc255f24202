import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Prisma } from './generated/client';
import { MigrationsNotFoundError } from './postgres.errors';
import { Postgres } from './postgres';

/** The database's schema against the program's. Up to date means: nothing pending, failed or changed. */
export interface SchemaState {
  readonly applied: readonly string[];
  /** In the program, not in the database. */
  readonly pending: readonly string[];
  /** Begun and neither finished nor rolled back. */
  readonly failed: readonly string[];
  /** Applied, but the file has another checksum today. */
  readonly changed: readonly string[];
  /** In the database, not in the program: the database belongs to a newer release. */
  readonly unknown: readonly string[];
}

interface AppliedRow {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/** The nearest `prisma/migrations` at or above a folder: beside the sources as well as beside the built program. */
export function findMigrationsFolder(from: string = __dirname): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'prisma', 'migrations');
    if (existsSync(path.join(candidate, 'migration_lock.toml'))) return candidate;
    if (folder === path.dirname(folder)) throw new MigrationsNotFoundError(from);
  }
}

/** Which Prisma migrations a database has, by Prisma's own table `_prisma_migrations`. */
export class MigrationHistory {
  /** Name to SHA-256 of the SQL, in order of application. */
  readonly #known: ReadonlyMap<string, string>;

  constructor(
    private readonly postgres: Postgres,
    folder: string = findMigrationsFolder(),
  ) {
    const names = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
    this.#known = new Map(
      names.map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(path.join(folder, name, 'migration.sql')))
          .digest('hex'),
      ]),
    );
  }

  /** Reads the state. A database without Prisma's table has every migration pending. */
  async read(): Promise<SchemaState> {
    const rows = await this.#rows();
    const applied = rows.filter((row) => row.finished);
    const appliedNames = new Set(applied.map((row) => row.name));
    const failed = rows.filter((row) => !row.finished && !appliedNames.has(row.name)).map((row) => row.name);
    const changed = applied.filter(({ name, checksum }) => (this.#known.get(name) ?? checksum) !== checksum);
    return {
      applied: [...appliedNames],
      pending: [...this.#known.keys()].filter((name) => !appliedNames.has(name)),
      failed: [...new Set(failed)],
      changed: [...new Set(changed.map((row) => row.name))],
      unknown: [...appliedNames].filter((name) => !this.#known.has(name)),
    };
  }

  async #rows(): Promise<AppliedRow[]> {
    const [found] = await this.postgres.rows<{ exists: boolean }>(
      Prisma.sql`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists`,
    );
    if (!found?.exists) return [];
    return this.postgres.rows<AppliedRow>(Prisma.sql`
      SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
      FROM _prisma_migrations
      WHERE rolled_back_at IS NULL
      ORDER BY migration_name, started_at`);
  }
}

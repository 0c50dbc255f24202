import { LegacyMigrationRepository, MigrationHistory, Postgres, PostgresUnavailableError } from '@sluice/postgres';
import type { CollectedMetrics } from '@sluice/observability';
import { Gauge } from 'prom-client';
import { stateOf } from '../health/legacy-migration.indicator';

/**
 * The pool, and what PostgreSQL says of its schema and of the migration of legacy tables. While it is away nothing is said of
 * what only it knows: an old number would look like a good one.
 */
export class DatabaseMetrics {
  private readonly up: Gauge;
  private readonly schema: Gauge;
  private readonly tables: Gauge;
  private readonly rows: Gauge;

  constructor(
    metrics: CollectedMetrics,
    private readonly postgres: Postgres,
    private readonly history: MigrationHistory,
    private readonly migrations: LegacyMigrationRepository,
  ) {
    const connections = 'sluice_postgres_connections';
    metrics.gauge(`${connections}_in_use`, 'Connections of the pool at work.', () => postgres.pool.inUse);
    metrics.gauge(`${connections}_idle`, 'Connections of the pool that wait for work.', () => postgres.pool.idle);
    metrics.gauge(`${connections}_waiting`, 'Callers that wait for a connection.', () => postgres.pool.waiting);
    const registers = [metrics.registry];
    this.up = new Gauge({ name: 'sluice_postgres_up', help: 'Whether PostgreSQL answers.', registers });
    this.schema = new Gauge({
      name: 'sluice_schema_migrations',
      help: 'Migrations of the schema: applied, pending or failed.',
      labelNames: ['state'],
      registers,
    });
    this.tables = new Gauge({
      name: 'sluice_legacy_migration_tables',
      help: 'Legacy tables by how far they are: copying, copied, verified or differs.',
      labelNames: ['state'],
      registers,
    });
    this.rows = new Gauge({
      name: 'sluice_legacy_migration_rows',
      help: 'Rows of a legacy table: in the source, copied, quarantined, skipped.',
      labelNames: ['table', 'kind'],
      registers,
    });
  }

  /** Asks PostgreSQL; where it does not answer within two seconds it is down. */
  async refresh(): Promise<void> {
    for (const known of [this.schema, this.tables, this.rows]) known.reset();
    try {
      await this.postgres.ping();
      await this.read();
      this.up.set(1);
    } catch (error) {
      if (!(error instanceof PostgresUnavailableError)) throw error;
      this.up.set(0);
    }
  }

  private async read(): Promise<void> {
    const { applied, pending, failed } = await this.history.read();
    const states = await this.migrations.list();
    for (const [state, names] of Object.entries({ applied, pending, failed })) this.schema.set({ state }, names.length);
    for (const state of ['copying', 'copied', 'verified', 'differs']) this.tables.set({ state }, 0);
    for (const table of states) {
      this.tables.inc({ state: stateOf([table]) });
      const { rowsSource: source, rowsCopied: copied, rowsQuarantined: quarantined, rowsSkipped: skipped } = table;
      for (const [kind, count] of Object.entries({ source, copied, quarantined, skipped }))
        this.rows.set({ table: table.table, kind }, count);
    }
  }
}

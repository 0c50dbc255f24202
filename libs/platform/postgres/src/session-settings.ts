import { Client, type ClientBase, type ClientConfig } from 'pg';
import { DatabaseAddressError } from './postgres.errors';

/**
 * What the program takes for granted and a role or database may have set otherwise. A limit that suits an application's
 * queries would end each attempt at a large table at the same point; without foreign keys (`session_replication_role`) rows
 * would arrive that belong in quarantine; another `DateStyle` or `extra_float_digits` would change what the API answers.
 * `default_transaction_read_only` is missing on purpose: such a target is refused.
 */
const WANTED: Readonly<Record<string, string>> = {
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  transaction_timeout: '0',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  session_replication_role: 'origin',
  standard_conforming_strings: 'on',
  bytea_output: 'hex',
  DateStyle: 'ISO, YMD',
  TimeZone: 'UTC',
  client_encoding: 'UTF8',
  extra_float_digits: '1',
  exit_on_error: 'off',
};

/** A client that is not connected yet. Throws `POSTGRES_ADDRESS_UNUSABLE`: node-postgres reads what its address names at once. */
export function newClient(config: ClientConfig): Client {
  try {
    return new Client(config);
  } catch (cause) {
    throw new DatabaseAddressError(cause);
  }
}

export interface SessionWants {
  /** False lets a commit return before it is on disk. */
  readonly durable?: boolean;
  /** After which the server cancels a statement; without it, never. */
  readonly statementTimeoutMs?: number;
}

/**
 * Makes a new connection what the program expects, in one round trip. Only what differs is set, because some of it needs a
 * right, and what this server does not know is left out. The schema is the one that Prisma writes to. Not by parameters of
 * the start: those of the address come after them, and poolers take few. Throws PostgreSQL's own error where the role may not
 * set what it needs.
 */
export async function takeSettings(
  client: ClientBase,
  connectionString: string,
  { durable = true, statementTimeoutMs = 0 }: SessionWants = {},
): Promise<void> {
  const wanted = {
    ...WANTED,
    search_path: client.escapeIdentifier(schemaOf(connectionString)),
    synchronous_commit: durable ? 'on' : 'off',
  };
  const values = Object.entries(wanted).map(
    (setting) => `(${setting.map((text) => client.escapeLiteral(text)).join()})`,
  );
  // The first by itself, because the other statement takes longer than a small limit allows. Each way of committing but `off`
  // is durable, and which of them is for an administrator to say.
  await client.query(
    `SET statement_timeout = ${statementTimeoutMs};
     SELECT set_config(name, wanted, false) FROM (VALUES ${values.join()}) AS settings (name, wanted)
       JOIN pg_settings USING (name)
      WHERE setting <> wanted AND NOT (name = 'synchronous_commit' AND wanted = 'on' AND setting <> 'off')`,
  );
}

/** Of Prisma's own parameter; its default is `public`, whatever the role searches first. */
function schemaOf(connectionString: string): string {
  const address = URL.canParse(connectionString) ? new URL(connectionString) : null;
  return address?.searchParams.get('schema') ?? 'public';
}

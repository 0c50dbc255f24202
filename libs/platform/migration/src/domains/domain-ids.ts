import { ensureTwoWay, leaveIds, LogMissingError, META, releaseClosed, usedIds, type IdBlock } from '@sluice/legacy';
import type { Client } from 'pg';
import { quoteName } from '../exact/legacy-value';
import { targetName } from '../exact/target-name';
import type { LegacyTable } from '../mapping/legacy-table';
import { findSequence } from '../state/sequence';
import { inTransaction } from '../state/transaction';
import { LegacyFile } from '../write-back/legacy-file';
import { isTwoWay, type Mode } from './domain';
import { IdsExhaustedError } from './domain.errors';
import { changeModes, type ModeChange } from './domain-state';

/** So many ids of a table are PostgreSQL's at a time. */
const BLOCK = 1_000_000n;
const GREATEST = 2n ** 63n - 1n;

/** Where a table's legacy file lies. */
export type FileOf = (table: LegacyTable) => string;

/**
 * `changeModes`, with the ids that both sides give out kept apart: while a domain is two-way, PostgreSQL gives out those of a
 * block that the legacy program goes on behind. Running out of them is an error of the insert, never an id given out twice.
 *
 * 1. In the file, in one write transaction: a block above every id ever used is left to PostgreSQL.
 * 2. In PostgreSQL, in the transaction of the mode: the sequence is confined to the block (or freed, above every id ever
 *    used on either side, where the domain is two-way no more), the block is noted.
 *
 * A crash between the two leaves a file that goes on a million ids later, and a note in it; the same call then takes up that
 * very block. Throws what `changeModes` and writing to a legacy file throw, and `FOLLOW_LOG_MISSING`.
 */
export async function moveDomains(
  client: Client,
  changes: readonly ModeChange[],
  fileOf: FileOf,
  within: (client: Client) => Promise<void> = () => Promise.resolve(),
  locked: (client: Client) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const steps: ((client: Client) => Promise<void>)[] = [];
  for (const { domain, from, to } of changes) {
    const was = from !== null && isTwoWay(from);
    for (const table of domain.tables) {
      if (!was && isTwoWay(to)) {
        const block = await reserveBlock(client, table, fileOf(table));
        steps.push((within) => confineIds(within, table, block));
      }
      // Looked at under the lock: until then the follower applies what is given out, and leaves the sequence where it is.
      if (was && !isTwoWay(to))
        steps.push(async (within) => freeIds(within, table, await usedInFile(table, fileOf(table))));
    }
  }
  const stepsThenWithin = async (inside: Client): Promise<void> => {
    for (const step of steps) await step(inside);
    await within(inside);
  };
  await changeModes(client, changes, stepsThenWithin, locked);
}

/** How many ids are left of a table's block; null where there is none. */
export async function idsLeft(client: Client, table: LegacyTable): Promise<bigint | null> {
  const sequence = await sequenceOf(client, table);
  const { rows } = await client.query<{ left: string }>(
    `SELECT (b.last - s.last_value)::text AS left FROM migration_id_blocks b, ${sequence} s WHERE b.table_name = $1`,
    [table.name],
  );
  return rows[0] ? BigInt(rows[0].left) : null;
}

/** The next block, where less than a tenth of this one is left and the domain is still two-way. True: it was taken. */
export async function renewIds(client: Client, domain: string, table: LegacyTable, file: string): Promise<boolean> {
  const left = await idsLeft(client, table);
  if (left === null || left >= BLOCK / 10n) return false;
  const block = await reserveBlock(client, table, file);
  return inTransaction(client, async () => {
    const { rows } = await client.query<{ mode: Mode }>(
      'SELECT mode FROM migration_domains WHERE name = $1 FOR SHARE',
      [domain],
    );
    const isStill = rows[0] !== undefined && isTwoWay(rows[0].mode);
    if (isStill) await confineIds(client, table, block);
    return isStill;
  });
}

async function reserveBlock(client: Client, table: LegacyTable, file: string): Promise<IdBlock> {
  const { rows } = await client.query<{ after: string; used: string }>(
    `SELECT coalesce((SELECT last FROM migration_id_blocks WHERE table_name = $1), 0)::text AS after,
       greatest(s.last_value - (NOT s.is_called)::int, (SELECT max(${quoteName(table.source.key)}) FROM ${targetName(table)}))::text AS used
       FROM ${await sequenceOf(client, table)} s`,
    [table.name],
  );
  const { after, used } = rows[0]!;
  const known = { after: BigInt(after), used: BigInt(used), size: BLOCK };
  await releaseClosed(file);
  return new LegacyFile(file).session((session) =>
    session.writing((connection) => {
      const [[log] = []] = connection.rows('SELECT count(*) FROM sqlite_schema WHERE name = ?', META);
      if (log !== 1n) throw new LogMissingError(file);
      ensureTwoWay(connection);
      const inFile = usedIds(connection, table.source.table, table.source.key);
      if ([inFile, known.after, known.used].some((id) => id > GREATEST - BLOCK))
        throw new IdsExhaustedError(table.name);
      return leaveIds(connection, { name: table.source.table, key: table.source.key }, known);
    }),
  );
}

/** Within the transaction of the mode. Ids of the block that are taken already stay taken. */
async function confineIds(client: Client, table: LegacyTable, { first, last }: IdBlock): Promise<void> {
  const sequence = await sequenceOf(client, table);
  await client.query(
    `ALTER SEQUENCE ${sequence} MINVALUE ${first} MAXVALUE ${last} START WITH ${first} RESTART WITH ${first} NO CYCLE`,
  );
  await client.query(
    `INSERT INTO migration_id_blocks (table_name, first, last) VALUES ($1, $2, $3)
     ON CONFLICT (table_name) DO UPDATE SET first = excluded.first, last = excluded.last, reserved_at = now()`,
    [table.name, first.toString(), last.toString()],
  );
  await passGivenIds(client, table);
}

/**
 * Takes a confined sequence behind every id of its block that a row has, be it set aside: what gave them out may be a later
 * state of this database, of which a backup was restored.
 */
export async function passGivenIds(client: Client, table: LegacyTable): Promise<void> {
  const sequence = await sequenceOf(client, table);
  const key = quoteName(table.source.key);
  await client.query(
    `SELECT setval($1, top) FROM ${sequence} s, migration_id_blocks b, LATERAL (
       SELECT greatest((SELECT max(${key}) FROM ${targetName(table)} WHERE ${key} BETWEEN b.first AND b.last),
         (SELECT max(row_key::bigint) FROM migration_quarantine WHERE table_name = $2 AND replayed_at IS NULL
             AND CASE WHEN row_key ~ '^[0-9]{1,18}$' THEN row_key::bigint BETWEEN b.first AND b.last ELSE false END)) AS top) AS given
      WHERE b.table_name = $2 AND (top > s.last_value OR (top = s.last_value AND NOT s.is_called))`,
    [sequence, table.name],
  );
}

/** The block stays noted: the next one begins behind it. */
async function freeIds(client: Client, table: LegacyTable, inFile: bigint): Promise<void> {
  const sequence = await sequenceOf(client, table);
  const { rows } = await client.query<{ top: string }>(
    `SELECT greatest(s.last_value, $2::bigint, (SELECT max(${quoteName(table.source.key)}) FROM ${targetName(table)}),
       (SELECT last FROM migration_id_blocks WHERE table_name = $1))::text AS top FROM ${sequence} s`,
    [table.name, inFile.toString()],
  );
  const top = BigInt(rows[0]!.top);
  const next = top < GREATEST ? top + 1n : GREATEST;
  await client.query(`ALTER SEQUENCE ${sequence} NO MINVALUE NO MAXVALUE START WITH 1 RESTART WITH ${next}`);
}

const usedInFile = (table: LegacyTable, file: string): Promise<bigint> =>
  new LegacyFile(file).session((session) =>
    session.reading((connection) => usedIds(connection, table.source.table, table.source.key)),
  );

async function sequenceOf(client: Client, table: LegacyTable): Promise<string> {
  const sequence = await findSequence(client, table);
  if (sequence === null) throw new TypeError(`${table.name} has no sequence of ids.`);
  return sequence;
}

import type { Client } from 'pg';
import { noteDivergences, type DivergedRow } from '../domains/divergences';
import type { TableDomain } from '../domains/table-domains';
import type { ExactRow } from '../exact/exact-reader';
import { readTargetRows } from '../write-back/target-rows';
import type { RowApplier } from './apply-rows';
import type { FollowedTable } from './followed-table';
import { rowTexts } from './row-texts';

/** Rows that may go from PostgreSQL with a batch though it speaks for them, as it has them before, and as the file has them. */
export interface Children {
  readonly followed: FollowedTable;
  readonly domain: string;
  readonly ofTarget: ReadonlyMap<bigint, { readonly values: DivergedRow }>;
  readonly ofFile: readonly ExactRow[];
}

/**
 * Of rows of the file that refer to what a batch takes away those that were given their id by PostgreSQL, or were written there
 * just now: `written`.
 */
export async function childrenOfApi(
  client: Client,
  followed: FollowedTable,
  { name: domain }: TableDomain,
  rows: readonly ExactRow[],
  written: ReadonlySet<bigint>,
): Promise<Children> {
  const keys = rows.map(({ key }) => key);
  const { rows: own } = await client.query<{ key: string }>(
    `SELECT k.key::text FROM unnest($2::bigint[]) AS k(key) JOIN migration_id_blocks b ON k.key BETWEEN b.first AND b.last
      WHERE b.table_name = $1`,
    [followed.table.name, keys.map(String)],
  );
  const given = new Set(own.map(({ key }) => BigInt(key)));
  const ofFile = rows.filter(({ key }) => given.has(key) || written.has(key));
  const ofTarget = await readTargetRows(client, followed.table, ofFile.map(({ key }) => key)); // prettier-ignore
  return { followed, domain, ofTarget, ofFile };
}

/**
 * Of these rows of the file, which no rule can read or PostgreSQL may refuse, those that it has: where PostgreSQL is read, the
 * answers change when one of them is set aside.
 */
export async function heldRows(
  client: Client,
  followed: FollowedTable,
  { name: domain }: TableDomain,
  rows: readonly ExactRow[],
): Promise<Children> {
  const ofTarget = await readTargetRows(client, followed.table, rows.map(({ key }) => key)); // prettier-ignore
  return { followed, domain, ofTarget, ofFile: rows.filter(({ key }) => ofTarget.has(key)) };
}

/**
 * The legacy program has made a row unreadable that PostgreSQL speaks for, or has deleted the parent of a row that the API has
 * added, and been told that it is kept: the row lies in the file and in quarantine, and nobody reads it any more. Both sides
 * had their way, so it is a conflict that a person looks at.
 */
export async function noteOrphans(
  client: Client,
  children: readonly Children[],
  appliers: readonly RowApplier[],
): Promise<void> {
  for (const { followed, domain, ofTarget, ofFile } of children) {
    const { table, exact } = followed;
    const refused = appliers.find((applier) => applier.followed === followed)?.refused;
    const orphans = ofFile.filter(({ key }) => refused?.has(key));
    const shown = await rowTexts(client, table, exact.columns, orphans);
    await noteDivergences(
      client,
      orphans.map(({ key }) => ({
        ...{ domain, table: table.name, key, kind: 'conflict' as const, winner: 'legacy' as const },
        ...{ legacyRow: shown.get(key) ?? null, targetRow: ofTarget.get(key)?.values ?? null },
      })),
    );
  }
}

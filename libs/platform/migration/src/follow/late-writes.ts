import type { Client } from 'pg';
import { noteDivergences } from '../domains/divergences';
import { readTargetRows } from '../write-back/target-rows';
import { equalOf, historyOf } from './equal-rows';
import type { HistoryPolicy } from './followed-table';
import type { ReadChanges } from './position';
import { rowTexts } from './row-texts';

/**
 * What the legacy program has written to a table that is PostgreSQL's alone by now goes nowhere, and is kept for a person, once
 * for each row until it is settled: a program that was forgotten, or its last words. A row that both sides have alike is none,
 * nor one that was deleted for its age. Within the transaction of the batch; gives how many rows there were.
 */
export async function noteLateWrites(
  client: Client,
  { followed, keys, rows }: ReadChanges,
  domain: string,
  policy: HistoryPolicy,
): Promise<number> {
  const { table, exact } = followed;
  const equal = await equalOf(client, followed, rows);
  const ofTarget = await readTargetRows(client, table, keys.filter((key) => !equal.has(key))); // prettier-ignore
  const history = await historyOf(client, table, [...ofTarget.keys()], policy);
  const ofFile = await rowTexts(client, table, exact.columns, rows.filter(({ key }) => !equal.has(key))); // prettier-ignore
  const late = [...new Set([...ofFile.keys(), ...ofTarget.keys()])].filter((key) => ofFile.has(key) || !history.has(key)); // prettier-ignore
  await noteDivergences(
    client,
    late.map((key) => ({
      ...{ domain, table: table.name, key, kind: 'late' as const, winner: 'target' as const },
      ...{ legacyRow: ofFile.get(key) ?? null, targetRow: ofTarget.get(key)?.values ?? null },
    })),
  );
  return late.length;
}

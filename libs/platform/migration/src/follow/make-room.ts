import type { Client } from 'pg';
import { noteDivergences } from '../domains/divergences';
import { winnerIn } from '../domains/domain';
import type { TableDomain } from '../domains/table-domains';
import { quarantinedKeys } from '../state/quarantine';
import { inTransaction } from '../state/transaction';
import { readTargetRows } from '../write-back/target-rows';
import type { FollowedTable, ReadFollowed } from './followed-table';
import { queueRows } from './outbox';
import { rowTexts } from './row-texts';

/**
 * A row of PostgreSQL wants a unique value that a row of the file has which is set aside: no batch decides between the two,
 * because PostgreSQL knows nothing of the one in the file. Where PostgreSQL is read, its row stays as it does in any conflict:
 * the other one goes from the file, and is kept for a person. False where it is another case.
 */
export async function makeRoom(
  client: Client,
  { followed, domain, key, inTheWay }: { readonly followed: FollowedTable; readonly domain: TableDomain; readonly key: bigint; readonly inTheWay: string | null }, // prettier-ignore
  readRows: ReadFollowed,
): Promise<boolean> {
  const { table, exact } = followed;
  if (inTheWay === null || winnerIn(domain.mode) !== 'target') return false;
  if (!(await quarantinedKeys(client, table.name)).has(inTheWay)) return false;
  const other = BigInt(inTheWay);
  const ofFile = await readRows(followed, [other]);
  return inTransaction(client, async () => {
    const shown = await rowTexts(client, table, exact.columns, ofFile);
    const ofTarget = await readTargetRows(client, table, [key]);
    await noteDivergences(client, [
      {
        ...{ domain: domain.name, table: table.name, key: other, kind: 'conflict', winner: 'target' },
        ...{ legacyRow: shown.get(other) ?? null, targetRow: ofTarget.get(key)?.values ?? null },
      },
    ]);
    await queueRows(client, [{ table: table.name, key: other }]);
    return true;
  });
}

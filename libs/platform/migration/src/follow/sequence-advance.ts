import type { Client } from 'pg';
import type { LegacyTable } from '../mapping/legacy-table';
import { findSequence } from '../state/sequence';

/**
 * Keeps a target's next id above every id that the legacy file has used, deleted ones included. A sequence that is confined to
 * a block of its own, because both sides give out ids, stays in it: the legacy program's are behind it, and the block's very end
 * is what SQLite goes on from until the legacy program adds a row, and no id that was given out.
 */
export class SequenceAdvance {
  private readonly known = new Map<string, { readonly sequence: string | null; top: bigint }>();

  /** Of a target's key, as SQL names it; null where it has none. */
  async nameOf(client: Client, table: LegacyTable): Promise<string | null> {
    return (await this.knownOf(client, table)).sequence;
  }

  /** Outside of every transaction, as sequences are: a batch that is undone leaves at most a gap. */
  async advance(client: Client, table: LegacyTable, greatest: bigint): Promise<void> {
    const known = await this.knownOf(client, table);
    if (known.sequence === null || greatest <= known.top) return;
    const { rows } = await client.query<{ behind: boolean }>(
      `SELECT $2 >= seqmax AS behind, CASE WHEN $2 < seqmax AND (last_value < $2 OR (last_value = $2 AND NOT is_called))
         THEN setval($1, $2) END FROM ${known.sequence}, pg_sequence WHERE seqrelid = $1::regclass`,
      [known.sequence, greatest.toString()],
    );
    if (rows[0]?.behind === false) known.top = greatest;
  }

  private async knownOf(client: Client, table: LegacyTable) {
    const { name } = table;
    const sequence = (): Promise<string | null> =>
      table.target.kind === 'postgres' ? findSequence(client, table) : Promise.resolve(null);
    const known = this.known.get(name) ?? { sequence: await sequence(), top: 0n };
    this.known.set(name, known);
    return known;
  }
}

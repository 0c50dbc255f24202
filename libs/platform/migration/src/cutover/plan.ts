import type { Client } from 'pg';
import { quoteName } from '../exact/legacy-value';
import type { Domain, Mode } from '../domains/domain';
import { cutoverStatus, type CutoverParts, type CutoverStatus } from './cutover-status';

export interface CutoverPlan {
  readonly status: CutoverStatus;
  /** What the next step would do, in its order, as sentences; none where there is no next step. */
  readonly acts: readonly string[];
}

/** About so many rows a second are compared with their file. */
const COMPARED_A_SECOND = 100_000;

/** Changes nothing. */
export async function planCutover(parts: CutoverParts): Promise<CutoverPlan[]> {
  const statuses = await cutoverStatus(parts);
  const plans: CutoverPlan[] = [];
  for (const [at, status] of statuses.entries()) {
    const domain = parts.domains[at]!;
    const isCompared = status.next?.to === 'new' || status.mode === null;
    const rows = isCompared ? await estimatedRows(parts.client, domain) : 0;
    plans.push({ status, acts: status.next ? actsOf(domain, status.mode, status.next.to, rows) : [] });
  }
  return plans;
}

function actsOf({ tables }: Domain, from: Mode | null, to: Mode, rows: number): string[] {
  const names = tables.map(({ name }) => name).join(', ');
  const lock = `Lock ${names} against writers (SHARE ROW EXCLUSIVE): waits up to 3 s for those who write now; readers go on.`;
  const compare = [
    `Compare every row with its file while everybody writes: about ${Math.max(1, Math.ceil(rows / COMPARED_A_SECOND))} s for about ${rows} rows.`,
    lock,
    'Compare what has changed since while writers wait; everything again where something differs.',
  ];
  const mode = `Change the mode ${from ? `from ${from} ` : ''}to ${to} with its audit entry, and commit: every process sees it within a second.`;
  switch (to) {
    case 'legacy':
      return [
        ...compare,
        'Put the guard on the tables: from here on only the follower writes, the API is refused.',
        mode,
      ];
    case 'dual':
      return [
        'Reserve a block of 1,000,000 ids in each legacy file, in one short write transaction.',
        lock,
        'Confine the sequences of PostgreSQL to these blocks, and queue every write of the API for the file.',
        mode,
      ];
    case 'shadow':
      return [lock, mode, 'The API then asks a share of its reads of both sides and compares the answers.'];
    case 'cutover':
      return [lock, mode, 'The API then reads PostgreSQL. Writes still go to both sides.'];
    case 'new':
      return [
        'Wait until the outbox is empty.',
        ...compare,
        'Free the sequences, above every id ever used on either side; nothing is queued any more.',
        mode,
        'There is no way back then.',
      ];
  }
}

/** Of PostgreSQL's statistics: good enough for a time. */
async function estimatedRows(client: Client, { tables }: Domain): Promise<number> {
  const names = tables.flatMap(({ target }) => (target.kind === 'postgres' ? [quoteName(target.table)] : []));
  const { rows } = await client.query<{ rows: number }>(
    `SELECT coalesce(sum(greatest(reltuples, 0)), 0)::float8 AS rows FROM pg_class WHERE oid = ANY(ARRAY(SELECT to_regclass(name) FROM unnest($1::text[]) AS n(name)))`,
    [names],
  );
  return rows[0]!.rows;
}

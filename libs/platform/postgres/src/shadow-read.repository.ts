import { Prisma } from './generated/client';
import type { Postgres, Transaction } from './postgres';

/** How reads of one operation compared; counts are reads. */
export interface ShadowCounts {
  readonly equal: number;
  readonly explained: number;
  readonly unexplained: number;
  /** Not judged: too many were under way, or the sides were not in step. */
  readonly skipped: number;
  /** Not compared: a side did not answer. */
  readonly failed: number;
}

interface OperationKey {
  readonly domain: string;
  /** Of the domain's mode. */
  readonly epoch: string;
  readonly operation: string;
}

export type ShadowOperationCounts = OperationKey & ShadowCounts;

/** Differences in the same fields, with the first example. */
export type NewShadowDifference = OperationKey & {
  readonly fields: string;
  readonly times: number;
  readonly parameters: unknown;
  /** The beginning of each answer, as JSON text. */
  readonly legacyAnswer: string | null;
  readonly targetAnswer: string | null;
  /** The declared reason; null where there is none. */
  readonly explanation: string | null;
};

/** A domain with a mode, and how its reads compared since it has that mode. */
export interface DomainShadowReads {
  readonly domain: string;
  readonly mode: string;
  readonly since: string;
  readonly operations: readonly (ShadowCounts & { readonly operation: string; readonly compared: number })[];
  readonly differences: readonly {
    readonly id: string;
    readonly operation: string;
    readonly fields: string;
    readonly times: number;
    readonly parameters: unknown;
    readonly legacyAnswer: string | null;
    readonly targetAnswer: string | null;
    readonly explainedBy: string | null;
    readonly explanation: string | null;
    readonly lastAt: string;
  }[];
}

const SHOWN_DIFFERENCES = 50;

/** Keeps how the answers of both sides compared. */
export class ShadowReadRepository {
  constructor(private readonly postgres: Postgres) {}

  /**
   * Adds counts and differences, all of them or none. What differs in fields of which somebody has explained the difference,
   * since the domain has its mode, counts as explained.
   */
  async add(counts: readonly ShadowOperationCounts[], differences: readonly NewShadowDifference[]): Promise<void> {
    await this.postgres.transaction(async (tx) => {
      // In one order for all processes, so that two that write at once wait for each other and not in a circle.
      const explained = new Map<string, number>();
      for (const one of [...differences].sort(byOperation))
        if (await isExplained(tx, one)) explained.set(keyOf(one), (explained.get(keyOf(one)) ?? 0) + one.times);
        else await addDifference(tx, one);
      for (const one of [...counts].sort(byOperation)) await addCounts(tx, one, explained.get(keyOf(one)) ?? 0);
    });
  }

  /** Every domain with a mode, by name, with differences that nobody has explained first. */
  async list(): Promise<DomainShadowReads[]> {
    const rows = await this.postgres.rows<DomainShadowReads>(Prisma.sql`
      SELECT d.name AS domain, d.mode, to_json(d.changed_at) #>> '{}' AS since,
        coalesce((SELECT jsonb_agg(jsonb_build_object('operation', operation, 'compared', compared, 'equal', equal,
            'explained', explained, 'unexplained', unexplained, 'skipped', skipped, 'failed', failed)
            ORDER BY operation COLLATE "C")
          FROM migration_shadow_reads WHERE domain = d.name AND epoch = d.epoch), '[]') AS operations,
        coalesce((SELECT jsonb_agg(jsonb_build_object('id', id::text, 'operation', operation, 'fields', fields,
            'times', times, 'parameters', parameters, 'legacyAnswer', legacy_answer, 'targetAnswer', target_answer,
            'explainedBy', explained_by, 'explanation', explanation, 'lastAt', last_at)
            ORDER BY explained_by IS NOT NULL, id)
          FROM (SELECT * FROM migration_shadow_differences WHERE domain = d.name AND epoch = d.epoch
                ORDER BY explained_by IS NOT NULL, id LIMIT ${SHOWN_DIFFERENCES}) AS shown), '[]') AS differences
      FROM migration_domains AS d ORDER BY d.name COLLATE "C"`);
    return rows;
  }
}

/** Adds to the difference that somebody has explained; false where nobody has, or a rule explains it. */
async function isExplained(tx: Transaction, one: NewShadowDifference): Promise<boolean> {
  if (one.explanation !== null) return false;
  const updated = await tx.$executeRaw(Prisma.sql`
    UPDATE migration_shadow_differences SET times = times + ${one.times}, last_at = now() WHERE id = (
      SELECT min(id) FROM migration_shadow_differences WHERE domain = ${one.domain} AND epoch = ${one.epoch}::bigint
        AND operation = ${one.operation} AND fields = ${one.fields} AND explained_at IS NOT NULL)`);
  return updated > 0;
}

async function addDifference(tx: Transaction, one: NewShadowDifference): Promise<void> {
  const by = one.explanation === null ? null : 'rule';
  await tx.$executeRaw(Prisma.sql`
    INSERT INTO migration_shadow_differences AS d (domain, epoch, operation, fields, times, parameters, legacy_answer,
                                                   target_answer, explained_by, explanation)
    VALUES (${one.domain}, ${one.epoch}::bigint, ${one.operation}, ${one.fields}, ${one.times},
            ${JSON.stringify(one.parameters)}::jsonb, ${one.legacyAnswer}, ${one.targetAnswer}, ${by}, ${one.explanation})
    ON CONFLICT (domain, epoch, operation, fields, coalesce(explanation, '')) WHERE explained_at IS NULL
    DO UPDATE SET times = d.times + excluded.times, last_at = now()`);
}

async function addCounts(tx: Transaction, one: ShadowOperationCounts, moved: number): Promise<void> {
  const compared = one.equal + one.explained + one.unexplained;
  await tx.$executeRaw(Prisma.sql`
    INSERT INTO migration_shadow_reads AS r (domain, epoch, operation, compared, equal, explained, unexplained, skipped, failed)
    VALUES (${one.domain}, ${one.epoch}::bigint, ${one.operation}, ${compared}, ${one.equal}, ${one.explained + moved},
            ${one.unexplained - moved}, ${one.skipped}, ${one.failed})
    ON CONFLICT (domain, epoch, operation) DO UPDATE SET compared = r.compared + excluded.compared,
      equal = r.equal + excluded.equal, explained = r.explained + excluded.explained,
      unexplained = r.unexplained + excluded.unexplained, skipped = r.skipped + excluded.skipped,
      failed = r.failed + excluded.failed, last_at = now()`);
}

type Named = OperationKey & { readonly fields?: string };
const keyOf = ({ domain, epoch, operation }: Named): string => JSON.stringify([domain, epoch, operation]);
const nameOf = (one: Named): string => `${keyOf(one)} ${one.fields ?? ''}`;
const byOperation = (a: Named, b: Named): number => (nameOf(a) < nameOf(b) ? -1 : 1);

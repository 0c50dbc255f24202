import type { Client } from 'pg';
import { markDatedAhead } from '../../state/dated-ahead';
import { knownFiles, type KnownFile } from '../../state/known-file';
import { counted, open, shut, type Gate, type Verdict } from '../gate';

const PASS_OF_ALL = 'Only a pass over all tables opens it.';
const PASS = 'Run `sluice verify` in a quiet minute, until it ends with 0 or 4: only a pass over all tables opens it.';

/**
 * Whatever found a difference shuts it, also a run that failed or was interrupted afterwards. What opens it is one finished
 * run over all tables of the domain, all equal, begun later; a pass over one table does not. Runs follow one another, because
 * each holds the migration's lock, so their beginnings, by PostgreSQL's clock, are their order. A pass over a copy of the file
 * says nothing of what the legacy program has written since, and does not count.
 */
export const verificationGate: Gate = {
  name: 'verification',
  about:
    'the last full comparison with the file that is followed found every row equal, is recent, and is later than the copy and every difference',
  before: ['legacy', 'dual', 'shadow', 'cutover', 'new'],
  isAskedAgain: true,
  async check({ client, domain, policy }) {
    await markDatedAhead(client);
    const names = domain.tables.map(({ name }) => name);
    const known = await knownFiles(client, names);
    const pass = await lastPass(client, names, known);
    const found = await lastDifference(client, domain.name, names);
    if (found && (!pass || found.at >= pass.startedAt))
      return shut(`differences were found at ${shown(found.at)} (${found.what}), and no full clean pass began since`, PASS); // prettier-ignore
    if (!pass) return withoutPass(await lastPass(client, names, null), known);
    const mostMinutes = policy.verificationMaxAgeMinutes;
    if (pass.ageMinutes > mostMinutes)
      return shut(`the last full clean pass is of ${shown(pass.startedAt)}, older than ${mostMinutes} minutes`, 'Run `sluice verify`.'); // prettier-ignore
    return open(`${counted(BigInt(pass.rows), 'row')} equal at ${shown(pass.startedAt)}`);
  },
};

const shown = (time: Date): string => `${time.toISOString().replace('T', ' ').slice(0, 19)} UTC`;

interface Pass {
  readonly startedAt: Date;
  readonly ageMinutes: number;
  readonly rows: string;
}

/** Equal is what the exit code of a run calls equal: values, sums, and that the next id is new. */
const EQUAL = `coalesce((t->'verification'->>'clean')::boolean, false)
  AND NOT jsonb_path_exists(t, '$.totals[*] ? (@.equal == false)') AND coalesce(t->'nextId'->>'unused', 'true') = 'true'`;

const COMPARED = `FROM migration_runs r, jsonb_array_elements(r.report->'tables') AS tables(t)
  WHERE r.status = 'finished' AND r.command IN ('migrate', 'verify') AND t->>'table' = ANY($1)
    AND jsonb_typeof(t->'verification') = 'object'`;

function withoutPass(other: Pass | null, known: ReadonlyMap<string, KnownFile>): Verdict {
  if (!other) return shut('there was no full clean pass since the copy', PASS);
  const paths = [...new Set([...known.values()].map(({ path }) => path))].join(', ');
  const [followed] = [...known.values()].filter(({ isFollowed }) => isFollowed);
  const how = followed ? 'is followed' : 'was copied';
  return shut(
    `the last full clean pass, of ${shown(other.startedAt)}, did not compare the file that ${how}${paths && `: ${paths}`}`,
    `Run \`sluice verify\` with the folder of the file that ${how}, not of a copy: LEGACY_DIR, --legacy or --file. ${PASS_OF_ALL}`,
  );
}

/**
 * With `known`: of these very files; of a table of which nobody knows the file there is none. One of a time to come is from
 * before the server's clock was set back, and may be older than a difference that seems to be older; whoever sees it marks it, so
 * that it does not count when the clock has caught up (`markDatedAhead`). One that ended before it began has seen it itself.
 */
async function lastPass(
  client: Client,
  names: readonly string[],
  known: ReadonlyMap<string, KnownFile> | null,
): Promise<Pass | null> {
  const files = known && Object.fromEntries([...known].map(([name, { file }]) => [name, file]));
  const { rows } = await client.query<Pass>(
    `SELECT r.started_at AS "startedAt", extract(epoch FROM clock_timestamp() - r.started_at)::float8 / 60 AS "ageMinutes",
       sum((t->>'rowsTarget')::numeric)::text AS rows ${COMPARED}
        AND r.started_at <= clock_timestamp() AND r.finished_at >= r.started_at AND NOT r.report ? 'outdated' AND r.finished_at >= (SELECT copied_at FROM migration_tables m WHERE m.name = t->>'table')
      GROUP BY r.id HAVING count(DISTINCT t->>'table') = cardinality($1::text[]) AND bool_and(${EQUAL})
        AND bool_and($2::jsonb IS NULL OR coalesce(t->'file' @> ($2::jsonb->(t->>'table')), false))
      ORDER BY r.started_at DESC LIMIT 1`,
    [names, files && JSON.stringify(files)],
  );
  return rows[0] ?? null;
}

/** A run that is not recorded any more counts by the comparison's own time. */
async function lastDifference(
  client: Client,
  domain: string,
  names: readonly string[],
): Promise<{ readonly at: Date; readonly what: string } | null> {
  const { rows } = await client.query<{ at: Date; what: string }>(
    `SELECT at, what FROM (
       SELECT coalesce(r.started_at, v.started_at) AS at, v.table_name || ': ' || v.differences || ' different' AS what
         FROM migration_verifications v LEFT JOIN migration_runs r ON r.id = v.run_id
        WHERE v.table_name = ANY($1) AND NOT v.clean
       UNION ALL SELECT r.started_at, t->>'table' || ': sums or the next id' ${COMPARED} AND NOT (${EQUAL})
       UNION ALL SELECT found_at, table_name || ' ' || row_key || ': unequal' FROM migration_divergences
        WHERE domain = $2 AND kind = 'unequal'
     ) AS found ORDER BY at DESC LIMIT 1`,
    [names, domain],
  );
  return rows[0] ?? null;
}

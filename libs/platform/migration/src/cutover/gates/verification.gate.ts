import type { Client } from 'pg';
import { markDatedAhead } from '../../state/dated-ahead';
import { knownFiles, type KnownFile } from '../../state/known-file';
import { thisDatabase, type ThisDatabase } from '../../state/this-database';
import { COMPARED, EQUAL, lastDifference, redateDifferences } from '../found-differences';
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
    await redateDifferences(client, domain.name, names);
    const known = await knownFiles(client, names);
    const pass = await lastPass(client, names, { known, database: await thisDatabase(client) });
    const found = await lastDifference(client, domain.name, names);
    if (found && (!pass || found.at >= pass.startedAt))
      return shut(`differences were found at ${shown(found.at)} (${found.what}), and no full clean pass began since`, PASS); // prettier-ignore
    if (!pass) return (await copiedAhead(client, names)) ?? (await withoutPass(client, names, known));
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

async function withoutPass(
  client: Client,
  names: readonly string[],
  known: ReadonlyMap<string, KnownFile>,
): Promise<Verdict> {
  const elsewhere = await lastPass(client, names, { known, database: null });
  if (elsewhere)
    return shut(
      `the last full clean pass, of ${shown(elsewhere.startedAt)}, is not known to be of this very database: it was restored or promoted since, or an older release verified it`,
      PASS,
    );
  const other = await lastPass(client, names, { known: null, database: null });
  if (!other) return shut('there was no full clean pass since the copy', PASS);
  const paths = [...new Set([...known.values()].map(({ path }) => path))].join(', ');
  const [followed] = [...known.values()].filter(({ isFollowed }) => isFollowed);
  const how = followed ? 'is followed' : 'was copied';
  return shut(
    `the last full clean pass, of ${shown(other.startedAt)}, did not compare the file that ${how}${paths && `: ${paths}`}`,
    `Run \`sluice verify\` with the folder of the file that ${how}, not of a copy: LEGACY_DIR, --legacy or --file. ${PASS_OF_ALL}`,
  );
}

/** No pass of now is later than a copy of a time to come, and the copy itself cannot be taken for an older one. */
async function copiedAhead(client: Client, names: readonly string[]): Promise<Verdict | null> {
  const { rows } = await client.query<{ name: string; at: Date }>(
    `SELECT name, copied_at AS at FROM migration_tables WHERE name = ANY($1) AND copied_at > clock_timestamp()
      ORDER BY copied_at DESC LIMIT 1`,
    [names],
  );
  const [last] = rows;
  if (!last) return null;
  return shut(
    `${last.name} was copied at ${shown(last.at)}, which is still to come: the clock of PostgreSQL was set back since`,
    `Set that clock right, or wait until then; afterwards run \`sluice verify\`. ${PASS_OF_ALL}`,
  );
}

interface Asked {
  readonly known: ReadonlyMap<string, KnownFile> | null;
  readonly database: ThisDatabase | null;
}

/**
 * With `database`: of this very one, and since it was restored, recovered to a point in time or promoted, if it was. With `known`: of these very files; of a table of which nobody knows the file there is none. One of a time to come is from
 * before the server's clock was set back, and may be older than a difference that seems to be older; whoever sees it marks it, so
 * that it does not count when the clock has caught up (`markDatedAhead`). One that ended before it began has seen it itself.
 */
async function lastPass(client: Client, names: readonly string[], { known, database }: Asked): Promise<Pass | null> {
  const files = known && Object.fromEntries([...known].map(([name, { file }]) => [name, file]));
  // On a standby nobody knows the timeline, and nothing can be changed there.
  const wanted = database && {
    name: database.name,
    ...(database.timeline === null ? {} : { timeline: database.timeline }),
  };
  const { rows } = await client.query<Pass>(
    `SELECT r.started_at AS "startedAt", extract(epoch FROM clock_timestamp() - r.started_at)::float8 / 60 AS "ageMinutes",
       sum((t->>'rowsTarget')::numeric)::text AS rows ${COMPARED}
        AND r.started_at <= clock_timestamp() AND r.finished_at >= r.started_at AND NOT r.report ? 'outdated' AND r.finished_at >= (SELECT copied_at FROM migration_tables m WHERE m.name = t->>'table')
      GROUP BY r.id HAVING count(DISTINCT t->>'table') = cardinality($1::text[]) AND bool_and(${EQUAL})
        AND bool_and($2::jsonb IS NULL OR coalesce(t->'file' @> ($2::jsonb->(t->>'table')), false))
        AND bool_and(coalesce(r.report->'database' @> $3::jsonb, $3::jsonb IS NULL))
      ORDER BY r.started_at DESC LIMIT 1`,
    [names, files && JSON.stringify(files), wanted && JSON.stringify(wanted)],
  );
  return rows[0] ?? null;
}

import { statSync } from 'node:fs';
import type { Client } from 'pg';

/** Which file it is, not where it lies nor what is in it: a copy of a file is another one. */
export interface SeenFile {
  readonly device: string;
  readonly inode: string;
  /** The generation of its change log; null where it has none. */
  readonly log: string | null;
}

/** The file that speaks for a table: the one that is followed, and before anybody follows the one that was copied. */
export interface KnownFile {
  readonly file: Partial<SeenFile>;
  readonly isFollowed: boolean;
  /** Relative to the legacy root, as it was given then. */
  readonly path: string;
}

/**
 * By table; one of which nobody knows it is missing. A watch has no log to know a file by. Of a copy that took several runs the
 * one that ended it tells; where that failed behind this table, the first that ended since.
 */
export async function knownFiles(client: Client, tables: readonly string[]): Promise<Map<string, KnownFile>> {
  const { rows } = await client.query<KnownFile & { table: string }>(
    `SELECT m.name AS "table", coalesce(f.file, c.file) AS file, f.file IS NOT NULL AS "isFollowed",
       coalesce(f.path, m.source_path) AS path
       FROM migration_tables m
       LEFT JOIN LATERAL (
         SELECT w.source_path AS path, jsonb_build_object('device', mark->>'device', 'inode', mark->>'inode')
             || CASE WHEN w.feed = 'change-log' THEN jsonb_build_object('log', w.generation) ELSE '{}' END AS file
           FROM migration_follow w, LATERAL (SELECT coalesce(w.detail->'mark', w.detail)) AS seen(mark)
          WHERE w.table_name = m.name AND w.plan = m.plan AND mark ? 'inode'
       ) f ON true
       LEFT JOIN LATERAL (
         SELECT jsonb_strip_nulls(t->'file') AS file FROM migration_runs r, jsonb_array_elements(r.report->'tables') AS tables(t)
          WHERE r.command = 'migrate' AND r.status = 'finished' AND r.finished_at >= m.copied_at AND t->>'table' = m.name
            AND jsonb_typeof(t->'file') = 'object'
          ORDER BY t->>'outcome' = 'loaded' DESC, r.started_at LIMIT 1
       ) c ON true
      WHERE m.name = ANY($1) AND coalesce(f.file, c.file) IS NOT NULL`,
    [tables],
  );
  return new Map(rows.map(({ table, ...known }) => [table, known]));
}

export const isSameFile = (seen: SeenFile, { file }: KnownFile): boolean =>
  seen.device === file.device && seen.inode === file.inode && (file.log === undefined || seen.log === file.log);

/** What is known of one without opening it. Throws the system's error where nothing lies there. */
export function isSameInode(place: string, { file }: KnownFile): boolean {
  const { dev, ino } = statSync(place, { bigint: true });
  return String(dev) === file.device && String(ino) === file.inode;
}

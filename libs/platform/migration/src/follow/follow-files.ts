import { existsSync } from 'node:fs';
import path from 'node:path';
import { FollowSourceError } from '@sluice/legacy';
import { findSources, NoLegacyFilesError, type FoundFile } from '../inspect';
import { withDependents } from '../run/restart';
import type { FollowOptions } from './follow-options';
import { FollowNotReadyError } from './follow.errors';
import type { CopyState } from './follow-state';

/** By the table's name. */
export type Copies = ReadonlyMap<string, CopyState>;

export interface FollowedFiles {
  readonly files: readonly FoundFile[];
  /** Every table is closed: the logs are looked through once, for the sake of late writes, and that is the end. */
  readonly isOver: boolean;
}

/**
 * The files to follow. What is PostgreSQL's alone by now (`closed`, with the domain) is not carried any more: its log is still
 * read, for the sake of what the legacy program writes all the same. Notes tell what is left out. Throws
 * `FOLLOW_SOURCE_CHANGED` where a file that rows were copied from is gone, `FOLLOW_NOT_READY`, and what `findSources` throws.
 */
export function findFollowed(
  options: FollowOptions,
  closed: ReadonlyMap<string, string>,
  copies: Copies,
): FollowedFiles {
  const note = (text: string): void => options.onEvent({ type: 'note', text });
  const isWatch = options.openSource !== undefined;
  const all = withDependents(options.tables, options.known);
  const isOver = all.length > 0 && all.every(({ name }) => closed.has(name));
  const domains = [...new Set(all.flatMap(({ name }) => closed.get(name) ?? []))];
  if (domains.length > 0) note(leftOut(domains, { isOver, isWatch }));
  if (isOver && (isWatch || !existsSync(options.root))) return { files: [], isOver };
  const asked = isWatch ? all.filter(({ name }) => !closed.has(name)) : all;
  const tables = asked.filter(({ target }) => target.kind === 'postgres' || options.cache);
  const later = asked.filter((table) => !tables.includes(table)).map(({ name }) => name);
  if (later.length > 0) note(`Not followed, because no Redis is given (REDIS_URL): ${later.join(', ')}.`);
  const sources = findSources({ ...options, tables });
  const [lost] = sources.missing.filter(({ table }) => copies.has(table.name) && !closed.has(table.name));
  if (lost) throw new FollowSourceError(path.join(options.root, lost.table.source.file), 'it is not there any more');
  for (const text of [...sources.notes, ...sources.missing.map(({ table, reason }) => `${table.name}: ${reason}`)])
    note(text);
  const files = sources.files.filter((file) => file.tables.length > 0);
  if (files.length === 0 && !isOver) throw new NoLegacyFilesError(options.root);
  refuseUnready(files, copies);
  return { files, isOver };
}

/** What becomes of the tables of closed domains, in whole words. */
function leftOut(domains: readonly string[], { isOver, isWatch }: { isOver: boolean; isWatch: boolean }): string {
  const unseen = ' What the legacy program still writes to them nobody sees: that needs the change log.';
  return `${isOver ? 'Nothing is left to follow' : 'Not carried'}, because PostgreSQL alone has them now: ${domains.join(', ')}.${isWatch ? unseen : ''}`;
}

/**
 * Only what is copied and was found equal since is worth following: the rest of the way would start from a mistake. An entry of
 * a cache may be newer than the file's, or be gone for want of room, and keeps no fact from being followed.
 */
function refuseUnready(files: readonly FoundFile[], copies: Copies): void {
  const reasons = files.flatMap(({ tables }) =>
    tables.flatMap(({ name, target }) => {
      const copy = copies.get(name);
      if (!copy) return [`${name} has not been migrated yet`];
      if (copy.status !== 'copied') return [`the copy of ${name} has not been finished`];
      return copy.proven || target.kind === 'cache' ? [] : [`${name} was not found equal since it was copied`];
    }),
  );
  if (reasons.length > 0) throw new FollowNotReadyError(reasons);
}

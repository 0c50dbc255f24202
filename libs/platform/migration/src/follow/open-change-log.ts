import {
  changedSince,
  findLog,
  LiveDatabase,
  logNumbers,
  LogMissingError,
  readSent,
  type InstalledLog,
} from '@sluice/legacy';
import { ExactReader } from '../exact/exact-reader';
import { checkDrift, type FoundFile } from '../inspect';
import { ChangeLogFeed } from './change-log-feed';
import { appliedPosition } from './follow-state';
import type { FollowedSource, OpenSourceParts } from './open-source';

/** Opens a file that is followed by its change log. */
export async function openChangeLog({
  file,
  choicesOf,
  client,
  signal,
  onNote,
}: OpenSourceParts): Promise<FollowedSource> {
  const live = await LiveDatabase.open(file.file, signal, { mayNap: true, mayWrite: true });
  try {
    const log = await live.read(() => logOf(live, file), signal);
    const names = file.tables.map(({ name }) => name);
    const tables = file.tables.map((table) => ({ table, exact: new ExactReader(live, table, choicesOf(table)) }));
    return {
      kind: 'change-log',
      generation: log.generation,
      read: (work, stop) => live.read(work, stop),
      exactOf: (table) => tables.find((one) => one.table === table)!.exact,
      logged: ({ source }, keys) => changedSince(live, 0n, logNumbers(live).numbers.get(source.table) ?? 0n, keys),
      sent: () => readSent(live),
      feed: (whole) =>
        new ChangeLogFeed({
          ...{ live, tables, whole, signal, onNote },
          checkSchema: () => checkDrift(live, file.tables, file.ignored),
          applied: async () => appliedPosition(await client(), log.generation, names),
        }),
      close: () => live.close(),
    };
  } catch (error) {
    live.close();
    throw error;
  }
}

/** Within a read transaction. */
function logOf(live: LiveDatabase, { tables, ignored }: FoundFile): InstalledLog {
  const found = findLog((sql, ...params) => live.all(sql, ...params));
  if (!found) throw new LogMissingError(live.path);
  const unknown = tables.filter(({ source }) => !found.log.tables.some(({ table }) => table === source.table));
  const faults = [...found.faults, ...unknown.map(({ name }) => `it does not know ${name}`)];
  if (faults.length > 0) throw new LogMissingError(live.path, faults.join('; '));
  checkDrift(live, tables, ignored);
  return found.log;
}

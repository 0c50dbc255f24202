import path from 'node:path';
import type { Client } from 'pg';
import type { FoundFile } from '../inspect';
import type { LegacyTable } from '../mapping/legacy-table';
import type { Copies } from './follow-files';
import type { FollowOptions } from './follow-options';
import { beginFollow, keptHistory, listFollowStates, ownersOf } from './follow-state';
import type { HistoryPolicy } from './followed-table';
import type { FollowedSource } from './open-source';

interface Taken {
  /** The follower's own number of this run. */
  readonly run: string;
  readonly file: FoundFile;
  readonly source: FollowedSource;
  readonly copies: Copies;
}

/**
 * Takes a file's tables over and gives those that have to be compared as a whole, because nothing vouches for them, the names
 * under which a feed before has kept what it knew of these tables alone, and which deleted rows stay as history.
 */
export async function takeOver(
  client: Client,
  { run, file: { file, tables }, source: { kind, generation }, copies }: Taken,
  { holder, root, recheck, history: told }: Pick<FollowOptions, 'holder' | 'root' | 'recheck' | 'history'>,
): Promise<{
  readonly whole: readonly LegacyTable[];
  readonly owners: readonly string[];
  readonly history: HistoryPolicy;
}> {
  const before = new Map((await listFollowStates(client)).map((state) => [state.table, state]));
  const goesOn = ({ name }: LegacyTable): boolean => {
    const [copy, state] = [copies.get(name)!, before.get(name)];
    return state?.plan === copy.plan && state.feed === kind && state.generation === generation;
  };
  // A watch knows its tables by one checkpoint: with one that is new it would begin with the copies of the others as well.
  const isMixed = kind === 'watch' && tables.some(goesOn) && !tables.every(goesOn);
  const isWhole = (table: LegacyTable): boolean => {
    const [copy, state] = [copies.get(table.name)!, before.get(table.name)];
    if (recheck || isMixed) return true;
    if (kind === 'watch' && copy.isStamped && state?.plan !== copy.plan) return false; // Nobody has followed this copy.
    return goesOn(table) ? state?.checkpoint.detail['whole'] === true : copy.log?.generation !== generation;
  };
  const whole = tables.filter(isWhole);
  const begun = tables.map((table) => {
    const { plan, log } = copies.get(table.name)!;
    const [sourcePath, all] = [path.relative(root, file), whole.includes(table)];
    return { table: table.name, plan, sourcePath, position: all ? 0n : (log?.position ?? 0n), isWhole: all };
  });
  const [states, names] = [[...before.values()], tables.map(({ name }) => name)];
  const history = told ?? keptHistory(states, names);
  await beginFollow(client, { run, holder, feed: kind, generation, history }, begun);
  return { whole, owners: ownersOf(states, names), history };
}

import { findLog, readSent, type LegacyDatabase } from '@sluice/legacy';
import type { Client } from 'pg';
import { listFollowStates } from '../follow/follow-state';
import { sentEntries } from '../follow/outbox';
import { assertNoted, noteOf, rememberedNote } from '../follow/sent-note';

/** By the generation of a file's change log, what PostgreSQL remembers to have been carried into it last. */
export type CarriedNotes = ReadonlyMap<string, string | null>;

/** To be read before the file is: whoever follows goes on meanwhile. */
export async function carriedNotes(client: Client): Promise<CarriedNotes> {
  const generations = new Set((await listFollowStates(client)).map(({ generation }) => generation));
  const notes = new Map<string, string | null>();
  for (const generation of generations) {
    const note = await rememberedNote(client, generation);
    if (note !== undefined) notes.set(generation, note);
  }
  return notes;
}

/**
 * Where a backup of one side was put back, a row that differs is one that this side has lost, and nobody may take its absence for
 * the newer value. Throws as the follower does then: `FOLLOW_DATABASE_OLDER`, `FOLLOW_SOURCE_CHANGED`.
 */
export async function assertSameHistory(
  client: Client,
  file: string,
  database: LegacyDatabase,
  notes: CarriedNotes,
): Promise<void> {
  const found = findLog((sql, ...params) => database.all(sql, ...params));
  if (!found || !notes.has(found.log.generation)) return;
  const { generation } = found.log;
  const remembered = notes.get(generation) ?? null;
  const sent = readSent(database);
  if ((await sentEntries(client, sent)).length > 0) return; // Carried just now, and not out of the queue yet.
  if ((await rememberedNote(client, generation)) !== remembered) return; // By whoever follows, and goes on.
  assertNoted(file, noteOf(sent), remembered);
}

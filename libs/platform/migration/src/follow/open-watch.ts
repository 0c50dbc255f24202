import { decodeStamps } from '@sluice/legacy';
import { checkDrift } from '../inspect';
import { loadCopiedStamps } from './follow-state';
import { knownKeys } from './known-keys';
import type { OpenSource } from './open-source';
import { WatchFeed } from './watch-feed';
import { WatchedFile } from './watch-file';
import { WatchedTable } from './watched-table';

/**
 * Opens files that are followed by their pages, to which nothing is written. It begins with what differs from the stamps of
 * the copy. Its own are kept in the folder: with another one, or without what is in it, everything is compared once.
 */
export const openWatch =
  (stampsDir: string): OpenSource =>
  async ({ file, choicesOf, client, signal }) => {
    const watched = new WatchedFile(file.file, signal);
    await watched.read((database) => checkDrift(database, file.tables, file.ignored));
    const tables = file.tables.map((table) => new WatchedTable(watched, table, choicesOf(table)));
    return {
      kind: 'watch',
      generation: 'pages',
      read: (work) => watched.read(work),
      exactOf: (table) => tables.find(({ mapping }) => mapping === table)!,
      feed: (whole, owners) =>
        new WatchFeed({
          ...{ file: watched, tables, whole, owners, stampsDir, signal },
          copiedStamps: async ({ name }) => {
            const bytes = await loadCopiedStamps(await client(), name);
            return bytes && decodeStamps(bytes);
          },
          knownKeys: async (table, intervals) => knownKeys(await client(), table, intervals),
          checkSchema: (database) => checkDrift(database, file.tables, file.ignored),
        }),
      close: () => undefined,
    };
  };

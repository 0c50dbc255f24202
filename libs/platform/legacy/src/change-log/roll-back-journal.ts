import { existsSync, statSync } from 'node:fs';
import { translated } from '../sqlite-errors';
import { isBusy, openWriter } from './log-writer';

/**
 * Rolls back what a killed program has left half written, as SQLite does for the next connection that may write: a reader that
 * may not is refused the file for as long. For files alone that are written to anyway. One that somebody works on is left
 * to him. Throws what opening a legacy file throws.
 */
export function rollBackJournal(path: string): void {
  const journal = statSync(`${path}-journal`, { throwIfNoEntry: false });
  if (!journal || journal.size === 0 || !existsSync(path)) return;
  const db = openWriter(path);
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
  } catch (error) {
    if (!isBusy(error)) throw translated(error, path);
  } finally {
    db.close();
  }
}

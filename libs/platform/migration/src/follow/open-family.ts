import { ExactReader } from '../exact/exact-reader';
import { FamilyFeed } from './family-feed';
import { FollowedFamily } from './followed-family';
import type { OpenSource } from './open-source';

/** Opens a family of files, which is followed by stamps and content, whichever way databases are. */
export const openFamily: OpenSource = ({ file: { family, ...file }, choicesOf, signal }) => {
  if (!family) throw new TypeError(`${file.file} is no family of files.`);
  const followed = new FollowedFamily({ ...file, family }, signal);
  const exact = new ExactReader(followed, followed.table, choicesOf(followed.table));
  return Promise.resolve({
    kind: 'watch',
    generation: 'files',
    read: (work) => Promise.resolve().then(work),
    exactOf: () => exact,
    feed: (whole) => new FamilyFeed(followed, whole.length > 0, signal),
    close: () => followed.close(),
  });
};

import { lstatSync } from 'node:fs';
import path from 'node:path';
import { statPlace } from './stat-place';

/** The first link on the way from the folder to the file that leads nowhere; null where there is none. */
export function deadLink(folder: string, file: string): string | null {
  let place = folder;
  for (const part of path.normalize(file).split(path.sep)) {
    place = path.join(place, part);
    if (isDeadLink(place)) return place;
  }
  return null;
}

/** A link to what is not there, such as a folder that is not mounted, or to itself. */
export function isDeadLink(place: string): boolean {
  if (!statPlace(path.dirname(place))?.isDirectory()) return false; // Nothing lies below a file.
  return Boolean(lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) && statPlace(place) === undefined;
}

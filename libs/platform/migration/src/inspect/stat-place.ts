import { statSync, type Stats } from 'node:fs';
import { systemErrorCode } from '@sluice/legacy';

/** No such name, a name below a file, a link to itself, and a name that no file system takes. */
const NOWHERE = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'];

/** What lies there, links followed; undefined where nothing does. Throws the system's own error for what cannot be told. */
export function statPlace(place: string): Stats | undefined {
  try {
    return statSync(place);
  } catch (error) {
    if (NOWHERE.includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}

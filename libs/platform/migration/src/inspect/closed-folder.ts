import { opendirSync, statSync } from 'node:fs';
import path from 'node:path';
import { systemErrorCode } from '@sluice/legacy';

/** Whether this user may not list the folder, or may not go into it. Throws the system's own error for anything else. */
export function isClosedFolder(folder: string): boolean {
  try {
    opendirSync(folder).closeSync();
    statSync(`${folder}${path.sep}.`);
    return false;
  } catch (error) {
    if (systemErrorCode(error) === 'EACCES') return true;
    throw error;
  }
}

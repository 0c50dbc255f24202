import { existsSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { collectGarbage } from '../collect-garbage';

const DESCRIPTORS = '/proc/self/fd';
const TURNS = 2;

/**
 * Ends what closed connections of this process left of themselves. The driver keeps a connection until its statements are
 * collected, and SQLite takes the locks that it once had for locks that the process has; but closing a raw descriptor of the
 * same file (`RawFile`) has dropped them. A connection that is opened then would work without any lock: a legacy program
 * that closes its last connection takes the log of a database in WAL mode away under its eyes. Of a
 * connection that is still in use nothing is ended.
 */
export async function releaseClosed(path: string): Promise<void> {
  // What was just used is young, copies of the file too, of which nothing else tells; a whole collection takes long.
  collectGarbage({ type: 'minor' });
  await nextTurn(); // The driver's own clean-up.
  const tells = existsSync(DESCRIPTORS);
  // Where the system does not tell, once has to do.
  for (let turns = tells ? TURNS : 1; turns > 0 && (!tells || isOpenHere(path)); turns--) {
    collectGarbage();
    await nextTurn();
  }
}

function isOpenHere(path: string): boolean {
  if (!existsSync(path)) return false;
  const real = realpathSync(path);
  return readdirSync(DESCRIPTORS).some((name) => targetOf(`${DESCRIPTORS}/${name}`) === real);
}

/** Null for a descriptor that was closed meanwhile, as that of the folder itself. */
function targetOf(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

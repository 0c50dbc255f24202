import { existsSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { collectGarbage } from '../collect-garbage';

const DESCRIPTORS = '/proc/self/fd';
const TURNS = 3;

/**
 * Ends what closed connections of this process left of themselves. The driver keeps a connection until its statements are
 * collected, and SQLite takes the locks that it once had for locks that the process has; but closing a raw descriptor of the
 * same file (`RawFile`) has dropped them. A connection that is opened then would work without any lock: a legacy program
 * that closes its last connection takes the log of a database in WAL mode away under its eyes. Of a
 * connection that is still in use nothing is ended.
 */
export async function releaseClosed(path: string): Promise<void> {
  // Where the system does not tell, once has to do.
  const turns = existsSync(DESCRIPTORS) ? TURNS : 1;
  for (let turn = 0; turn < turns; turn++) {
    if (turns > 1 && !isOpenHere(path)) return;
    // What was just used is young; a whole collection takes long where much is in memory.
    if (turn === 0 && turns > 1) collectGarbage({ type: 'minor' });
    else collectGarbage();
    await nextTurn(); // The driver's own clean-up.
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

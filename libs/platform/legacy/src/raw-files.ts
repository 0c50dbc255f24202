import { closeSync, fstatSync, openSync, readSync, type BigIntStats } from 'node:fs';

/**
 * POSIX locks belong to the process and the file, not to the descriptor: closing *any* descriptor of a file drops every
 * lock that SQLite holds on it in this process, silently, and a legacy writer then writes into the snapshot. So nobody
 * here closes a descriptor of a database while another reader of the same file is open: it is closed with the last one.
 * The same holds for `fs.readFile` and `fs.copyFile` by other code of this process: never use them on an open legacy file.
 */
const holders = new Map<string, { users: number; closable: number[] }>();

/** One raw, read-only descriptor of a file on which this process holds SQLite locks. Open it before SQLite, close it after. */
export class RawFile {
  private open = true;

  private constructor(
    readonly descriptor: number,
    private readonly identity: string,
  ) {}

  /** Throws the system's own error. The path must be a regular file: opening a FIFO would wait for ever. */
  static open(path: string): RawFile {
    const descriptor = openSync(path, 'r');
    const stat = fstatSync(descriptor, { bigint: true });
    const identity = `${stat.dev}:${stat.ino}`;
    const holder = holders.get(identity) ?? { users: 0, closable: [] };
    holder.users += 1;
    holders.set(identity, holder);
    return new RawFile(descriptor, identity);
  }

  /** Fills `into` from `position`; the number of bytes is smaller only at the end of the file. */
  read(into: Uint8Array, position: number): number {
    let done = 0;
    while (done < into.length) {
      const bytes = readSync(this.descriptor, into, done, into.length - done, position + done);
      if (bytes === 0) break;
      done += bytes;
    }
    return done;
  }

  stat(): FileStamp {
    return stampOf(fstatSync(this.descriptor, { bigint: true }));
  }

  bornNs(): bigint | null {
    return bornNs(fstatSync(this.descriptor, { bigint: true }));
  }

  /** The descriptor itself lives on while another reader of the same file is open. */
  close(): void {
    const holder = holders.get(this.identity);
    if (!this.open || !holder) return;
    this.open = false;
    holder.users -= 1;
    holder.closable.push(this.descriptor);
    if (holder.users > 0) return;
    holders.delete(this.identity);
    for (const descriptor of holder.closable) closeSync(descriptor);
  }
}

/**
 * When a file was made, in nanoseconds: tells it from a later one that was given its inode. Null where the file system does not
 * say, and where it may be the time of the last change that stands for it.
 */
export const bornNs = ({ birthtimeNs, ctimeNs }: Pick<BigIntStats, 'birthtimeNs' | 'ctimeNs'>): bigint | null =>
  birthtimeNs > 0n && birthtimeNs !== ctimeNs ? birthtimeNs : null;

/** What changes when a file is written, truncated or replaced. */
export interface FileStamp {
  readonly device: bigint;
  readonly inode: bigint;
  readonly sizeBytes: number;
  readonly modifiedNs: bigint;
  readonly changedNs: bigint;
}

export function stampOf(stat: { dev: bigint; ino: bigint; size: bigint; mtimeNs: bigint; ctimeNs: bigint }): FileStamp {
  return {
    device: stat.dev,
    inode: stat.ino,
    sizeBytes: Number(stat.size),
    modifiedNs: stat.mtimeNs,
    changedNs: stat.ctimeNs,
  };
}

export const sameStamp = (a: FileStamp, b: FileStamp): boolean =>
  a.device === b.device &&
  a.inode === b.inode &&
  a.sizeBytes === b.sizeBytes &&
  a.modifiedNs === b.modifiedNs &&
  a.changedNs === b.changedNs;

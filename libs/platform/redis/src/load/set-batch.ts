export interface SetEntry {
  readonly key: string;
  readonly value: string;
  /** Whole milliseconds, at least 1. */
  readonly ttlMs: number;
}

/** `NX`: only where there is nothing. */
export type SetWhen = '' | 'NX';

/** One batch holds at most this much, single entries aside, so that it is answered well within the time of a command. */
const BATCH_COMMANDS = 500;
const BATCH_BYTES = 1024 * 1024;

/** Around one key and one value: names, lengths and life, however long the numbers are. */
const FRAME_BYTES = 112;

export interface SetBatch {
  readonly commands: number;
  /** In RESP, the protocol of Redis. */
  readonly bytes: Buffer;
}

/** `SET key value PX ttlMs [NX]` for each entry, in their order; each batch is made when it is asked for. */
export function* setBatches(entries: readonly SetEntry[], when: SetWhen): Generator<SetBatch> {
  for (let from = 0; from < entries.length;) {
    let [to, mostBytes] = [from, 0];
    for (; to < entries.length && to - from < BATCH_COMMANDS; to++) {
      const { key, value } = entries[to]!;
      const size = Buffer.byteLength(key) + Buffer.byteLength(value) + FRAME_BYTES;
      if (to > from && mostBytes + size > BATCH_BYTES) break;
      mostBytes += size;
    }
    yield { commands: to - from, bytes: setBytes(entries, from, to, when, mostBytes) };
    from = to;
  }
}

/**
 * One text for each command, written at once to where it is sent from, is several times cheaper than a buffer for each
 * argument, and a sixth cheaper for a whole load than one text for all: that one has to be gathered from its thousands of
 * pieces when it is sent.
 */
function setBytes(entries: readonly SetEntry[], from: number, to: number, when: SetWhen, mostBytes: number): Buffer {
  const start = `*${when === '' ? 5 : 6}\r\n$3\r\nSET\r\n$`;
  const end = when === '' ? '\r\n' : '\r\n$2\r\nNX\r\n';
  const bytes = Buffer.allocUnsafe(mostBytes);
  let at = 0;
  for (let i = from; i < to; i++) {
    const { key, value, ttlMs } = entries[i]!;
    const [keyBytes, valueBytes, life] = [Buffer.byteLength(key), Buffer.byteLength(value), String(ttlMs)];
    const command =
      `${start}${keyBytes}\r\n${key}\r\n$${valueBytes}\r\n${value}` +
      `\r\n$2\r\nPX\r\n$${life.length}\r\n${life}${end}`;
    const isAscii = keyBytes === key.length && valueBytes === value.length; // Quicker to copy than to encode.
    at += bytes.write(command, at, isAscii ? 'latin1' : 'utf8');
  }
  return bytes.subarray(0, at);
}

/** The commands of one step of a load, ready for the socket. `RESP` is the protocol of Redis. */
export interface RespBatch<Id = unknown> {
  /** The caller's name of it, told again with its outcome. */
  readonly id: Id;
  /** How many commands `resp` holds. A wrong number ends the load in a timeout. */
  readonly commands: number;
  /** The commands one after the other; the first argument of each is its key. Text is sent as UTF-8. */
  readonly resp: string | Buffer;
}

export interface RespEntry {
  readonly key: string;
  readonly value: string;
  /** Whole milliseconds, at least 1. */
  readonly ttlMs: number;
}

/** Around one key and one value: names, lengths and life, however long the numbers are. */
const SET_FRAME_BYTES = 96;

/**
 * `SET key value PX ttlMs` for each entry. One text for each, written at once to where it is sent from, is several times
 * cheaper than a buffer for each argument, and a sixth cheaper for a whole load than one text for all: that one has to be
 * gathered from its thousands of pieces when it is sent.
 */
export function setBatch<Id>(id: Id, entries: readonly RespEntry[]): RespBatch<Id> {
  let mostBytes = 0;
  for (const { key, value } of entries)
    mostBytes += Buffer.byteLength(key) + Buffer.byteLength(value) + SET_FRAME_BYTES;
  const resp = Buffer.allocUnsafe(mostBytes);
  let at = 0;
  for (const { key, value, ttlMs } of entries) {
    const [keyBytes, valueBytes, life] = [Buffer.byteLength(key), Buffer.byteLength(value), String(ttlMs)];
    const command =
      `*5\r\n$3\r\nSET\r\n$${keyBytes}\r\n${key}\r\n$${valueBytes}\r\n${value}` +
      `\r\n$2\r\nPX\r\n$${life.length}\r\n${life}\r\n`;
    const isAscii = keyBytes === key.length && valueBytes === value.length; // Quicker to copy than to encode.
    at += resp.write(command, at, isAscii ? 'latin1' : 'utf8');
  }
  return { id, commands: entries.length, resp: resp.subarray(0, at) };
}

/** Any one command. */
export function respCommand(...parts: readonly string[]): string {
  return `*${parts.length}\r\n` + parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('');
}

/** The arguments of each command of a batch; where the bytes are not what `commands` says, an Error without any of them. */
export function commandsOf({ resp, commands }: RespBatch): Buffer[][] {
  const bytes = typeof resp === 'string' ? Buffer.from(resp) : resp;
  const read: Buffer[][] = [];
  let at = 0;
  const number = (sign: string): number => {
    const end = bytes.indexOf('\r\n', at);
    const text = bytes.toString('latin1', at, Math.max(end, at));
    if (!text.startsWith(sign) || !/^\d+$/.test(text.slice(1))) throw new Error('A batch of commands is not RESP.');
    at = end + 2;
    return Number(text.slice(1));
  };
  while (at < bytes.length) {
    const args = Array.from({ length: number('*') }, () => {
      const length = number('$');
      at += length + 2;
      return bytes.subarray(at - length - 2, at - 2);
    });
    read.push(args);
  }
  if (read.length !== commands || at !== bytes.length) throw new Error('A batch holds other commands than it says.');
  return read;
}

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { MemoryRelief } from '../memory-relief';

/** What waits in memory for the server, single chunks aside: of chunks that hold one long row each, only one. */
const WAITING_BYTES = 512 * 1024;

/** Streams bytes into a `COPY ... FROM STDIN` and gives the number of rows. */
export async function copyIn(client: Client, sql: string, chunks: Iterable<Buffer>): Promise<bigint> {
  const stream = client.query(copyFrom(sql));
  await pipeline(Readable.from(relieved(chunks), { objectMode: false, highWaterMark: WAITING_BYTES }), stream);
  return BigInt(stream.rowCount ?? 0);
}

const relief = new MemoryRelief();

function* relieved(chunks: Iterable<Buffer>): Generator<Buffer> {
  for (const chunk of chunks) {
    yield chunk;
    relief.after(chunk.length);
  }
}

/** One line of COPY's text format: tab between values, `\N` for NULL. */
export const copyLine = (values: readonly (string | null)[]): string => [...copyPieces(values)].join('');

const PIECE_CHARS = 128 * 1024;

/** The same line in pieces, so that of a value of many megabytes only so much is escaped and encoded at a time. */
export function* copyPieces(values: readonly (string | null)[]): Generator<string> {
  let line = '';
  for (const [i, value] of values.entries()) {
    if (i > 0) line += '\t';
    if (value === null) line += '\\N';
    else if (value.length <= PIECE_CHARS) line += escapeText(value);
    else {
      yield line;
      line = '';
      for (const piece of pieces(value)) yield escapeText(piece);
    }
  }
  yield `${line}\n`;
}

/** Never cut between the halves of a surrogate pair: each half alone has no UTF-8 form. */
function* pieces(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    const start = at;
    at += PIECE_CHARS;
    if ((text.charCodeAt(at - 1) & 0xfc00) === 0xd800) at++;
    yield text.slice(start, at);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const escapeText = (value: string): string => value.replace(/[\\\n\r\t]/g, (char) => ESCAPES[char] ?? char);

/** Lines, or pieces of lines, gathered to chunks worth sending. */
export function* toChunks(lines: Iterable<string>): Generator<Buffer> {
  let pending = '';
  for (const line of lines) {
    pending += line;
    if (pending.length >= PIECE_CHARS) {
      yield Buffer.from(pending);
      pending = '';
    }
  }
  if (pending) yield Buffer.from(pending);
}

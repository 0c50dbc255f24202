import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { MemoryRelief } from '../memory-relief';

/** Streams bytes into a `COPY ... FROM STDIN` and gives the number of rows; no more than two chunks wait in memory. */
export async function copyIn(client: Client, sql: string, chunks: Iterable<Buffer>): Promise<bigint> {
  const stream = client.query(copyFrom(sql));
  await pipeline(Readable.from(relieved(chunks), { objectMode: true, highWaterMark: 2 }), stream);
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
export function copyLine(values: readonly (string | null)[]): string {
  return `${values.map((value) => (value === null ? '\\N' : escapeText(value))).join('\t')}\n`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const escapeText = (value: string): string => value.replace(/[\\\n\r\t]/g, (char) => ESCAPES[char] ?? char);

const CHUNK_CHARS = 128 * 1024;

/** Lines gathered to chunks worth sending. */
export function* toChunks(lines: Iterable<string>): Generator<Buffer> {
  let pending = '';
  for (const line of lines) {
    pending += line;
    if (pending.length >= CHUNK_CHARS) {
      yield Buffer.from(pending);
      pending = '';
    }
  }
  if (pending) yield Buffer.from(pending);
}

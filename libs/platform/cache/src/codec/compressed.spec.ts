import { brotliCompressSync, crc32, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { compressed, type Compression } from './compressed';
import { json } from './json';
import { raw } from './raw';
import { decodePayload } from './store';

const corrupt = expect.objectContaining({ code: 'CACHE_PAYLOAD_CORRUPT' });
const rows = Array.from({ length: 200 }, (_, id) => ({ id, symbol: `SYM${id % 7}`, note: 'a note that comes again' }));

/** A payload as version 1 writes it, whatever it says of itself. */
function entry(body: Buffer, { id = 1, version = 1, bytes = 0, sum = crc32('text') }): Buffer {
  const header = Buffer.alloc(12);
  header.set([0xff, version, id]);
  header.writeUInt32BE(bytes, 4);
  header.writeUInt32BE(sum, 8);
  return Buffer.concat([header, body]);
}

it.each<Compression>(['gzip', 'brotli'])('makes large values small with %s, and gives them back', (compression) => {
  const store = compressed(json<typeof rows>(), { compression });
  const payload = store.encode(rows);
  expect(payload.length).toBeLessThan(JSON.stringify(rows).length / 4);
  expect(store.decode(payload)).toEqual(rows);
  expect(decodePayload(store, payload)).toEqual(rows);
});

it('reads side by side what any setting of it wrote, and what was written without it', () => {
  const payloads = [
    Buffer.from(json().encode(rows)),
    compressed(json(), { compression: 'gzip' }).encode(rows),
    compressed(json(), { fromBytes: 0 }).encode(rows),
    compressed(json(), { fromBytes: 1_000_000 }).encode(rows),
  ];
  expect(payloads[3]).toEqual(payloads[0]);
  for (const payload of payloads) expect(compressed(json()).decode(payload)).toEqual(rows);
});

it('leaves small values and those that would grow as plain text', () => {
  expect(compressed(json(), { fromBytes: 10 }).encode('short').toString()).toBe('"short"');
  expect(compressed(raw(), { fromBytes: 0 }).encode('short').toString()).toBe('short');
  expect(compressed(raw()).decode(Buffer.alloc(0))).toBe('');
});

it('gives any text back', () => {
  const store = compressed(raw(), { fromBytes: 0 });
  const text = fc.string({ unit: 'binary', maxLength: 300 }).filter((some) => some.isWellFormed());
  fc.assert(fc.property(text, fc.integer({ min: 1, max: 20 }), (some, times) => {
    expect(store.decode(store.encode(some.repeat(times)))).toBe(some.repeat(times));
  })); // prettier-ignore
});

it('refuses a decompression bomb, whatever its header says', () => {
  const store = compressed(raw({ maxBytes: 10_000 }));
  const zeros = Buffer.alloc(10_000_000);
  const bombs = [
    entry(gzipSync(zeros, { level: 9 }), { bytes: zeros.length }),
    entry(gzipSync(zeros, { level: 9 }), { bytes: 9_000 }),
    entry(brotliCompressSync(zeros), { id: 2, bytes: 9_000 }),
  ];
  for (const bomb of bombs) expect(() => store.decode(bomb)).toThrow(corrupt);
  expect(() => store.encode('\0'.repeat(10_001))).toThrow(expect.objectContaining({ code: 'CACHE_VALUE_TOO_LARGE' }));
});

const body = gzipSync('text');
it.each([
  ['of another version', entry(body, { version: 2, bytes: 4 })],
  ['of another compression', entry(body, { id: 3, bytes: 4 })],
  ['with a header only', entry(Buffer.alloc(0), { bytes: 4 })],
  ['with less than a header', Buffer.from([0xff, 1])],
  ['cut off', entry(body.subarray(0, -9), { bytes: 4 })],
  ['with another size', entry(body, { bytes: 5 })],
  ['with another checksum', entry(body, { bytes: 4, sum: 1 })],
  ['with no size', entry(body, { bytes: 0 })],
  ['that is no UTF-8', Buffer.from([0x80, 0x61])],
  ['that is packed and no UTF-8', entry(gzipSync(Buffer.from([0x80])), { bytes: 1, sum: crc32(Buffer.from([0x80])) })],
])('calls an entry %s corrupt', (_name, payload) => {
  expect(() => compressed(raw()).decode(payload)).toThrow(corrupt);
});

it('reads an entry that is whole', () => {
  expect(compressed(raw()).decode(entry(body, { bytes: 4 }))).toBe('text');
});

it.each<Compression>(['gzip', 'brotli'])(
  'never gives back another text where a byte of %s has changed',
  (compression) => {
    const store = compressed(raw(), { fromBytes: 0, compression });
    const text = 'some text that comes again, '.repeat(10);
    const payload = store.encode(text);
    expect(payload[0]).toBe(0xff);
    for (let at = 1; at < payload.length; at++) {
      const changed = Buffer.from(payload);
      changed[at] = changed[at]! ^ 0x10;
      expect([text, 'corrupt']).toContain(outcome(() => store.decode(changed)));
    }
  },
);

it.each([-1, 1.5, NaN])('refuses to compress from %p bytes on', (fromBytes) => {
  expect(() => compressed(raw(), { fromBytes })).toThrow(expect.objectContaining({ code: 'CACHE_OPTION_INVALID' }));
});

function outcome(read: () => string): string {
  try {
    return read();
  } catch (error) {
    expect(error).toEqual(corrupt);
    return 'corrupt';
  }
}

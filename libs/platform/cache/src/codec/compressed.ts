import { isUtf8 } from 'node:buffer';
import { brotliCompressSync, brotliDecompressSync, constants, crc32, gunzipSync, gzipSync } from 'node:zlib';
import { CacheOptionError } from '../declare/cache-options';
import { CachePayloadError } from './codec.errors';
import type { BytesStore, TextStore } from './store';

export type Compression = keyof typeof compressions;

interface Compressor {
  /** In the header; never given to another one. */
  readonly id: number;
  pack(plain: Buffer): Buffer;
  unpack(packed: Buffer, limit: { readonly maxOutputLength: number }): Buffer;
}

/** Both are in every Node that we run on; zstd is not in Node 20, whose processes could not read what others wrote. */
const compressions = {
  gzip: { id: 1, pack: (plain) => gzipSync(plain, { level: 1 }), unpack: gunzipSync },
  brotli: {
    id: 2,
    pack: (plain) => brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
    unpack: brotliDecompressSync,
  },
} satisfies Record<string, Compressor>;

/** No text in UTF-8 begins with it, so that an entry without header is known for what it is. */
const MAGIC = 0xff;
const VERSION = 1;
/** Magic, version, compression, a zero; how many bytes it was and their CRC-32 (both big-endian): brotli has neither. */
const HEADER_BYTES = 12;

/**
 * Compresses what another store makes, from `fromBytes` (1,024) on and where it gets smaller by it; everything else stays
 * plain text, so that entries of before and after the switch are read side by side. A reader allocates no more than the
 * header says, and the header may say no more than the limit: a decompression bomb is a corrupt entry. brotli by default:
 * it packs tighter than gzip and unpacks sooner. It is done on the spot: a megabyte holds the process up for some
 * ten milliseconds.
 */
export function compressed<V>(
  store: TextStore<V>,
  {
    fromBytes = 1_024,
    compression = 'brotli',
  }: { readonly fromBytes?: number; readonly compression?: Compression } = {},
): BytesStore<V> {
  if (!Number.isInteger(fromBytes) || fromBytes < 0)
    throw new CacheOptionError(`fromBytes must be 0 or more whole bytes, not ${String(fromBytes)}.`);
  return {
    kind: 'bytes',
    says: `${store.says}, ${compression} from ${fromBytes} bytes on`,
    maxBytes: store.maxBytes,
    encode: (value) => {
      const plain = Buffer.from(store.encode(value));
      return plain.length < fromBytes ? plain : packed(plain, compressions[compression]);
    },
    decode: (payload) => {
      const plain = payload[0] === MAGIC ? unpacked(payload, store.maxBytes) : payload;
      if (plain.length > store.maxBytes) throw new CachePayloadError(`is over the limit of ${store.maxBytes} bytes`);
      if (!isUtf8(plain)) throw new CachePayloadError('is no UTF-8');
      return store.decode(plain.toString());
    },
  };
}

function packed(plain: Buffer, { id, pack }: Compressor): Buffer {
  const body = pack(plain);
  if (HEADER_BYTES + body.length >= plain.length) return plain;
  const header = Buffer.alloc(HEADER_BYTES);
  header.set([MAGIC, VERSION, id]);
  header.writeUInt32BE(plain.length, 4);
  header.writeUInt32BE(crc32(plain), 8);
  return Buffer.concat([header, body]);
}

function unpacked(payload: Buffer, maxBytes: number): Buffer {
  if (payload.length <= HEADER_BYTES || payload.length > maxBytes || payload[1] !== VERSION || payload[3] !== 0)
    throw new CachePayloadError('has a header that is not known here');
  const compressor = Object.values(compressions).find(({ id }) => id === payload[2]);
  if (!compressor) throw new CachePayloadError('is compressed in a way that is not known here');
  const bytes = payload.readUInt32BE(4);
  if (bytes < 1 || bytes > maxBytes) throw new CachePayloadError(`would be over the limit of ${maxBytes} bytes`);
  const plain = inflated(payload.subarray(HEADER_BYTES), bytes, compressor);
  if (plain.length !== bytes || crc32(plain) !== payload.readUInt32BE(8))
    throw new CachePayloadError('is not what its header says');
  return plain;
}

function inflated(body: Buffer, maxOutputLength: number, { unpack }: Compressor): Buffer {
  try {
    return unpack(body, { maxOutputLength });
  } catch {
    throw new CachePayloadError('cannot be decompressed');
  }
}

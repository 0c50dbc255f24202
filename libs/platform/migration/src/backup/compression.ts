import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { CompressionUnknownError } from './backup.errors';

/** Named in the manifest. Node.js has zstd from 22.15 on; an older one writes gzip, which every machine reads. */
export type Compression = 'zstd' | 'gzip';

interface Zstd {
  readonly createZstdCompress?: () => Transform;
  readonly createZstdDecompress?: () => Transform;
}

const { createZstdCompress, createZstdDecompress } = zlib as Zstd;

export const bestCompression = (): Compression => (createZstdCompress && createZstdDecompress ? 'zstd' : 'gzip');

/** As in `llm_requests.copy.zst`. */
export const suffixOf = (compression: Compression): string => ({ zstd: '.zst', gzip: '.gz' })[compression];

export function compressor(compression: Compression): Transform {
  if (compression === 'gzip') return zlib.createGzip();
  if (!createZstdCompress) throw new CompressionUnknownError(compression);
  return createZstdCompress();
}

export function decompressor(compression: Compression): Transform {
  if (compression === 'gzip') return zlib.createGunzip();
  if (!createZstdDecompress) throw new CompressionUnknownError(compression);
  return createZstdDecompress();
}

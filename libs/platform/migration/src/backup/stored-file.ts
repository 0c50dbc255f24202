import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import path from 'node:path';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { systemErrorCode } from '@sluice/legacy';
import { BackupDamagedError } from './backup.errors';
import { compressor, decompressor, type Compression } from './compression';

/** A file of a backup: how it is stored, and what it is without compression. */
export interface StoredFile {
  /** Below the backup's folder, with `/`. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly rawBytes: number;
  readonly rawSha256: string;
}

/** Counts and hashes what goes through. */
export class Meter extends Transform {
  bytes = 0;
  lines = 0;
  private readonly hash = createHash('sha256');
  private digest: string | null = null;

  constructor(
    private readonly onBytes: (bytes: number) => void = () => undefined,
    private readonly countsLines = false,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.bytes += chunk.length;
    this.hash.update(chunk);
    if (this.countsLines) for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) this.lines++;
    this.onBytes(chunk.length);
    done(null, chunk);
  }

  get sha256(): string {
    this.digest ??= this.hash.digest('hex');
    return this.digest;
  }
}

type Chunks = Iterable<Buffer> | AsyncIterable<Buffer>;

export interface StoreOptions {
  readonly folder: string;
  readonly compression: Compression;
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Writes one file of a backup, on disk when this is done. `lines` are its line ends. Throws the system's own error, or the source's. */
export async function storeFile(
  file: string,
  source: Chunks,
  options: StoreOptions,
): Promise<{ stored: StoredFile; lines: number }> {
  const raw = new Meter(options.onBytes, true);
  const packed = new Meter();
  const place = createWriteStream(path.join(options.folder, file), { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(source, raw, compressor(options.compression), packed, place, { signal: options.signal });
  const { bytes, sha256 } = packed;
  return { stored: { file, bytes, sha256, rawBytes: raw.bytes, rawSha256: raw.sha256 }, lines: raw.lines };
}

type ReadOptions = Omit<StoreOptions, 'onBytes'> & { readonly onBytes?: (bytes: number) => void };

/**
 * Writes what a file of a backup holds into `sink`, and throws `BACKUP_DAMAGED`, which names the file, where it is not what was
 * stored. The sink has then taken bytes that are not to be believed.
 */
export async function readStored(stored: StoredFile, sink: Writable, options: ReadOptions): Promise<void> {
  const packed = new Meter();
  const raw = new Meter(options.onBytes);
  const place = path.join(options.folder, stored.file);
  try {
    await pipeline(createReadStream(place), packed, decompressor(options.compression), raw, sink, {
      signal: options.signal,
    });
  } catch (error) {
    throw isOfSource(error, place) ? damaged(stored, error) : error;
  }
  if (packed.sha256 !== stored.sha256 || raw.sha256 !== stored.rawSha256) throw damaged(stored);
}

/** Throws `BACKUP_DAMAGED` where the file is not what was stored; does not unpack it. */
export async function checkStored(stored: StoredFile, options: ReadOptions): Promise<void> {
  const meter = new Meter(options.onBytes);
  const source = createReadStream(path.join(options.folder, stored.file));
  try {
    await pipeline(source, meter, discard(), { signal: options.signal });
  } catch (error) {
    if (options.signal.aborted) throw error;
    throw damaged(stored, error);
  }
  if (meter.bytes < stored.bytes)
    throw new BackupDamagedError(stored.file, `is cut off: ${meter.bytes} bytes of ${stored.bytes}`);
  if (meter.sha256 !== stored.sha256) throw damaged(stored);
}

/** For what is small. */
export async function readWhole(stored: StoredFile, options: ReadOptions): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const gather = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  await readStored(stored, gather, options);
  return Buffer.concat(chunks);
}

/** A pipeline gives every stream the same error: whose it is, its code says. What the sink could not take is no damage. */
function isOfSource(error: unknown, place: string): boolean {
  const { code, syscall, path: of } = error as { code?: unknown; syscall?: unknown; path?: unknown };
  return /^(Z_|ZSTD_|ERR_Z)/.test(String(code)) || syscall === 'read' || of === place;
}

export const discard = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

function damaged({ file }: StoredFile, cause?: unknown): BackupDamagedError {
  if (cause === undefined) return new BackupDamagedError(file, 'does not have the SHA-256 that the manifest names');
  const why = systemErrorCode(cause) === 'ENOENT' ? 'is missing' : 'cannot be read';
  return new BackupDamagedError(file, why, cause);
}

import { isUtf8 } from 'node:buffer';
import { quoteName, type SqlValue } from '@sluice/legacy';

export { quoteName };

/** One value with its SQLite storage class. Texts are bytes, because a legacy text need not be valid UTF-8. */
export type LegacyValue =
  | { readonly storage: 'null' }
  | { readonly storage: 'integer'; readonly value: bigint }
  | { readonly storage: 'real'; readonly value: number }
  | { readonly storage: 'text'; readonly bytes: Buffer }
  | { readonly storage: 'blob'; readonly bytes: Buffer };

/** SQL for one column as the pair (storage class, value), texts as bytes: two result columns. */
export function selectLegacyValue(column: string): string {
  const name = quoteName(column);
  return `typeof(${name}), CASE typeof(${name}) WHEN 'text' THEN CAST(${name} AS BLOB) ELSE ${name} END`;
}

/** The encoding of a legacy file's texts. */
export type TextEncoding = 'UTF-8' | 'UTF-16le' | 'UTF-16be';

/** Reads back what `selectLegacyValue` selected; texts of a UTF-16 file become UTF-8 where that is possible. */
export function toLegacyValue(
  storage: SqlValue | undefined,
  value: SqlValue | undefined,
  encoding: TextEncoding,
): LegacyValue {
  switch (storage) {
    case 'null':
      return { storage };
    case 'integer':
      return { storage, value: value as bigint };
    case 'real':
      return { storage, value: value as number };
    case 'text':
      return { storage, bytes: toUtf8(asBuffer(value as Uint8Array | null), encoding) };
    case 'blob':
      return { storage, bytes: asBuffer(value as Uint8Array | null) };
    default:
      throw new TypeError(`SQLite has no storage class ${String(storage)}.`);
  }
}

const asBuffer = (bytes: Uint8Array | null): Buffer =>
  bytes === null ? Buffer.alloc(0) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Half a surrogate pair has no UTF-8 form: such bytes stay as they are and are refused later. */
function toUtf8(bytes: Buffer, encoding: TextEncoding): Buffer {
  if (encoding === 'UTF-8' || bytes.length % 2 === 1) return bytes;
  const text = (encoding === 'UTF-16be' ? Buffer.from(bytes).swap16() : bytes).toString('utf16le');
  return text.isWellFormed() ? Buffer.from(text) : bytes;
}

/** The text, or null where the bytes are not UTF-8. */
export const decodeUtf8 = (bytes: Buffer): string | null => (isUtf8(bytes) ? bytes.toString('utf8') : null);

/** The value's own bytes as evidence: texts and blobs as they are, numbers as their text. */
export function originalBytes(value: LegacyValue): Buffer {
  switch (value.storage) {
    case 'null':
      return Buffer.alloc(0);
    case 'integer':
      return Buffer.from(value.value.toString());
    case 'real':
      return Buffer.from(String(value.value));
    default:
      return value.bytes;
  }
}

/** Beyond this size a quarantined value is kept as its length and first bytes; the whole stays in the legacy file. */
export const KEPT_BYTES = 1024 * 1024;

/** The value as JSON for the quarantine: texts and blobs in hexadecimal, so that no byte is interpreted. */
export function toEvidence(value: LegacyValue): Record<string, unknown> {
  switch (value.storage) {
    case 'null':
      return { class: 'null' };
    case 'integer':
      return { class: 'integer', text: value.value.toString() };
    case 'real':
      return { class: 'real', text: String(value.value), hex: doubleHex(value.value) };
    default:
      return {
        class: value.storage,
        bytes: value.bytes.length,
        hex: value.bytes.subarray(0, KEPT_BYTES).toString('hex'),
        ...(value.bytes.length > KEPT_BYTES ? { cut: true } : {}),
      };
  }
}

function doubleHex(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}

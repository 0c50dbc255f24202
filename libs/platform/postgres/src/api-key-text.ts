import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A key as its owner holds it: `sluice_<id>_<secret>`. */
export interface ApiKeyText {
  /** The public half. */
  readonly id: string;
  readonly secret: string;
}

const FORM = /^sluice_([\da-f]{12})_([\w-]{43})$/;
const SECRET_BYTES = 32;
const ID_BYTES = 6;

/** A new key of 256 random bits: nobody guesses it, so that a hash without salt and without delay keeps it. */
export const newApiKey = (): ApiKeyText => ({
  id: randomBytes(ID_BYTES).toString('hex'),
  secret: randomBytes(SECRET_BYTES).toString('base64url'),
});

export const formatApiKey = ({ id, secret }: ApiKeyText): string => `sluice_${id}_${secret}`;

/** Null for what is no key. */
export function parseApiKey(text: string): ApiKeyText | null {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id !== undefined && secret !== undefined ? { id, secret } : null;
}

/** What is stored of a secret. */
export const hashOfSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** In constant time: how long it takes tells nothing of the hash. */
export const isSecretOf = (secret: string, hash: Uint8Array): boolean => timingSafeEqual(hashOfSecret(secret), hash);

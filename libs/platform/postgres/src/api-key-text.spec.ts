import { formatApiKey, hashOfSecret, isSecretOf, newApiKey, parseApiKey } from './api-key-text';

describe('an API key', () => {
  it('is read as it was written', () => {
    for (let i = 0; i < 100; i++) {
      const key = newApiKey();
      expect(parseApiKey(formatApiKey(key))).toEqual(key);
    }
  });

  it('has 256 bits that no other has', () => {
    const secrets = Array.from({ length: 1_000 }, () => newApiKey().secret);
    expect(new Set(secrets).size).toBe(1_000);
    expect(secrets.every((secret) => Buffer.from(secret, 'base64url').length === 32)).toBe(true);
  });

  it.each([
    '',
    'sluice_',
    `sluice_0123456789ab_${'a'.repeat(42)}`,
    `sluice_0123456789ab_${'a'.repeat(44)}`,
    `sluice_0123456789AB_${'a'.repeat(43)}`,
    `sluice_0123456789ab_${'a'.repeat(42)}+`,
    ` sluice_0123456789ab_${'a'.repeat(43)}`,
    `sluice_0123456789ab_${'a'.repeat(43)}\n`,
  ])('is not %j', (text) => expect(parseApiKey(text)).toBeNull());

  it('is known by its hash, and no other text is', () => {
    const { secret } = newApiKey();
    const hash = hashOfSecret(secret);
    expect(hash).toHaveLength(32);
    expect([isSecretOf(secret, hash), isSecretOf(newApiKey().secret, hash)]).toEqual([true, false]);
  });
});

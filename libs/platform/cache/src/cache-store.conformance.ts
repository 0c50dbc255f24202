import {
  hashText,
  MAX_KEY_BYTES,
  MAX_TTL_MS,
  MAX_VALUE_BYTES,
  type CacheStore,
  type CacheStoreEntry,
} from './cache-store';

export interface StoreUnderTest {
  readonly store: CacheStore;
  /** Lets time pass: by moving a clock, or by waiting. */
  pass(ms: number): Promise<void>;
}

/** What every driver must do alike. `make` gives an empty store for each test, which is closed after it. */
export function describeCacheStore(make: () => Promise<StoreUnderTest>): void {
  let store: CacheStore;
  let pass: StoreUnderTest['pass'];
  const hour = 3_600_000;
  const anEntry = (over: Partial<CacheStoreEntry> = {}): CacheStoreEntry => ({
    key: 'k',
    value: 'v',
    ttlMs: hour,
    ...over,
  });

  beforeEach(async () => {
    ({ store, pass } = await make());
  });
  afterEach(() => store.close());

  it('gives back what was set, in the order asked for', async () => {
    await store.setMany([anEntry({ key: 'a', value: '1' }), anEntry({ key: 'b', value: '2' })]);
    expect(await store.getMany(['b', 'absent', 'a', 'b'])).toEqual(['2', null, '1', '2']);
  });

  it('keeps every text as it is', async () => {
    const texts = ['', 'é😀', 'a\0b', 'line\nline', '\ufeffbom', '{"a":1}', '*?[x]', '__proto__'];
    await store.setMany(texts.map((text, i) => anEntry({ key: `key:${i}:${text}`, value: text })));
    expect(await store.getMany(texts.map((text, i) => `key:${i}:${text}`))).toEqual(texts);
  });

  it('takes more entries at once than fit in one round trip', async () => {
    const entries = Array.from({ length: 1_203 }, (_, i) =>
      anEntry({ key: `k${i}`, value: `${i}`.padEnd(3_000, '.') }),
    );
    await store.setMany(entries);
    expect(await store.getMany(entries.map(({ key }) => key))).toEqual(entries.map(({ value }) => value));
    expect(await store.deleteMany(entries.map(({ key }) => key))).toBe(1_203);
  });

  it('lets the last of equal keys win, with its own life', async () => {
    await store.setMany([anEntry({ value: 'old' }), anEntry({ value: 'new', ttlMs: 2 * hour })]);
    expect(await store.getMany(['k'])).toEqual(['new']);
    expect((await store.ttlMsMany(['k']))[0]).toBeGreaterThan(hour);
  });

  it('adds what is absent and leaves alone what is there', async () => {
    await store.setMany([anEntry({ key: 'there', value: 'newer' })]);
    const added = [
      anEntry({ key: 'there', value: 'older', ttlMs: 2 * hour }),
      anEntry({ key: 'absent', value: 'first', ttlMs: 2 * hour }),
      anEntry({ key: 'absent', value: 'second' }),
    ];
    expect(await store.addMany(added)).toEqual([false, true, false]);
    expect(await store.getMany(['there', 'absent'])).toEqual(['newer', 'first']);
    const [there, absent] = await store.ttlMsMany(['there', 'absent']);
    expect(there).toBeLessThanOrEqual(hour);
    expect(absent).toBeGreaterThan(hour);
  });

  it('keeps hashes apart from texts', async () => {
    const value = hashText([['score', '62.5'], ['10', 'ten'], ['é', '']]); // prettier-ignore
    const hash = anEntry({ key: 'h', value, type: 'hash' });
    expect(await store.addMany([hash, anEntry({ key: 't' })])).toEqual([true, true]);
    const all = [hash, { key: 't' }, { key: 'absent' }, { key: 't', type: 'hash' as const }, { key: 'h' }];
    expect(await store.readMany(all)).toEqual([value, 'v', null, null, null]);
    expect(await store.getMany(['h', 't'])).toEqual([null, 'v']);
    expect((await store.ttlMsMany(['h']))[0]).toBeGreaterThan(hour - 60_000);
    expect(
      await store.addMany([
        { ...hash, value: '{"a":"b"}' },
        { ...hash, key: 't' },
      ]),
    ).toEqual([false, false]);
    expect(await store.readMany([hash])).toEqual([value]);
    await store.setMany([{ ...hash, value: '{"a":"b"}' }]);
    expect(await store.readMany([hash])).toEqual(['{"a":"b"}']);
    await store.setMany([anEntry({ key: 'h' })]);
    expect(await store.getMany(['h'])).toEqual(['v']);
  });

  it('adds again what has come to its end', async () => {
    await store.setMany([anEntry({ value: 'old', ttlMs: 20 })]);
    await pass(40);
    expect(await store.addMany([anEntry({ value: 'new' })])).toEqual([true]);
    expect(await store.getMany(['k'])).toEqual(['new']);
  });

  it('adds more entries at once than fit in one round trip', async () => {
    const entries = Array.from({ length: 1_203 }, (_, i) => anEntry({ key: `k${i}`, value: `${i}` }));
    await store.setMany([anEntry({ key: 'k700', value: 'there' })]);
    const added = await store.addMany(entries);
    expect(added.flatMap((isSet, i) => (isSet ? [] : [i]))).toEqual([700]);
    expect(await store.getMany(['k0', 'k700', 'k1202'])).toEqual(['0', 'there', '1202']);
  });

  it('tells the remaining life, also a long one', async () => {
    await store.setMany([anEntry({ ttlMs: MAX_TTL_MS })]);
    await pass(5);
    const [ttlMs, absent] = await store.ttlMsMany(['k', 'absent']);
    expect(ttlMs).toBeLessThan(MAX_TTL_MS);
    expect(ttlMs).toBeGreaterThan(MAX_TTL_MS - 60_000);
    expect(absent).toBeNull();
  });

  it('forgets an entry at the end of its life', async () => {
    await store.setMany([anEntry({ key: 'short', ttlMs: 20 }), anEntry({ key: 'long' })]);
    await pass(40);
    expect(await store.getMany(['short', 'long'])).toEqual([null, 'v']);
    expect(await store.ttlMsMany(['short'])).toEqual([null]);
    expect(await store.deleteMany(['short', 'long'])).toBe(1);
  });

  it('counts what it deletes', async () => {
    await store.setMany([anEntry({ key: 'a' }), anEntry({ key: 'b' })]);
    expect(await store.deleteMany(['a', 'absent', 'a'])).toBe(1);
    expect(await store.getMany(['a', 'b'])).toEqual([null, 'v']);
  });

  it('does nothing when given nothing', async () => {
    await store.setMany([]);
    expect(await store.addMany([])).toEqual([]);
    expect(await store.getMany([])).toEqual([]);
    expect(await store.ttlMsMany([])).toEqual([]);
    expect(await store.deleteMany([])).toBe(0);
  });

  it.each<[string, Partial<CacheStoreEntry>]>([
    ['no life', { ttlMs: 0 }],
    ['a negative life', { ttlMs: -1 }],
    ['a broken life', { ttlMs: 1.5 }],
    ['a life that is no number', { ttlMs: NaN }],
    ['an endless life', { ttlMs: Infinity }],
    ['a life that is too long', { ttlMs: MAX_TTL_MS + 1 }],
    ['a life given as text', { ttlMs: '60' as unknown as number }],
    ['an empty key', { key: '' }],
    ['a key that is too long', { key: 'é'.repeat(MAX_KEY_BYTES / 2 + 1) }],
    ['a key with half a character', { key: 'k\ud800' }],
    ['a value that is too long', { value: 'x'.repeat(MAX_VALUE_BYTES + 1) }],
    ['a value with half a character', { value: '\udc00' }],
    ['a hash that is no object', { type: 'hash', value: '"v"' }],
    ['an empty hash', { type: 'hash', value: '{}' }],
    ['a hash with something else than texts', { type: 'hash', value: '{"a":1}' }],
    ['a hash in another form', { type: 'hash', value: '{"b":"1","a":"2"}' }],
    ['a hash with half a character', { type: 'hash', value: '{"a":"\\ud800"}' }],
    ['a value that is absent', { value: undefined as unknown as string }],
  ])('refuses %s and writes nothing of the call', async (_name, fault) => {
    const entries = [anEntry({ key: 'good' }), anEntry(fault)];
    await expect(store.setMany(entries)).rejects.toMatchObject({ code: 'CACHE_ENTRY_INVALID' });
    await expect(store.addMany(entries)).rejects.toMatchObject({ code: 'CACHE_ENTRY_INVALID' });
    expect(await store.getMany(['good'])).toEqual([null]);
  });

  it('answers a ping', async () => {
    await expect(store.ping()).resolves.toBeUndefined();
  });
}

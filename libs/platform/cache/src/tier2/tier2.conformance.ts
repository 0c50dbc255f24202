import type { Payload, PayloadKind } from '../codec/payload';
import type { Change, Invalidation, LeaseRequest, ReadEntry, SpaceRef, Tier2 } from './tier2';

export interface Tier2UnderTest {
  /** Empty, and closed after the test. */
  readonly tier2: Tier2;
  /** Lets time pass: by moving a clock, or by waiting. */
  pass(ms: number): Promise<void>;
}

const HOUR_MS = 3_600_000;
const LEASE: LeaseRequest = { lifeMs: 10_000, belowMs: 0 };
const PAYLOADS: Readonly<Record<PayloadKind, Payload>> = {
  text: 'é😀\0"',
  bytes: Buffer.from([0, 255, 128, 13, 10]),
  hash: new Map([['symbol', 'INFY'], ['', 'empty name']]),
  sortedSet: [{ member: 'low', score: -Infinity }, { member: 'a', score: -0.1 }, { member: 'b', score: 1e21 }],
}; // prettier-ignore

/** What every shared tier must do alike: Redis, a cluster, memory, and the one of the simulation. */
export function describeTier2(make: () => Promise<Tier2UnderTest>): void {
  let tier2: Tier2;
  let pass: Tier2UnderTest['pass'];
  const space: SpaceRef = { name: 'conf', kind: 'text' };

  beforeEach(async () => void ({ tier2, pass } = await make()));
  afterEach(() => tier2.close());

  const set = (key: string, payload: Payload = 'v', over: Partial<Change> = {}): Change =>
    ({ op: 'set', key, payload, lifeMs: HOUR_MS, tags: [], ...over }) as Change;
  const remove = (key: string): Change => ({ op: 'remove', key });
  const change = (...changes: Change[]) => tier2.change(space, changes, 'me');
  const look = async (key: string, tags?: readonly string[]): Promise<ReadEntry> =>
    (await tier2.read({ space, keys: [key], ...(tags ? { tags: [tags] } : {}) }))[0]!;
  const ask = async (key: string, lease = LEASE, tags?: readonly string[]): Promise<ReadEntry> =>
    (await tier2.read({ space, keys: [key], lease, ...(tags ? { tags: [tags] } : {}) }))[0]!;
  const store = async (key: string, asked: ReadEntry, payload: Payload = 'loaded', lifeMs = HOUR_MS) =>
    (await tier2.store([{ space, key, payload, lifeMs, ticket: asked.ticket! }]))[0];

  describe('entries', () => {
    it.each(Object.entries(PAYLOADS))('gives back %s as it was, written or loaded', async (kind, payload) => {
      const own: SpaceRef = { name: 'conf', kind: kind as PayloadKind };
      await tier2.change(own, [set('conf:written', payload)], 'me');
      const [asked] = await tier2.read({ space: own, keys: ['conf:loaded'], lease: LEASE });
      await tier2.store([{ space: own, key: 'conf:loaded', payload, lifeMs: HOUR_MS, ticket: asked!.ticket! }]);
      const read = await tier2.read({ space: own, keys: ['conf:written', 'conf:loaded'] });
      expect(read.map((entry) => entry.payload)).toEqual([payload, payload]);
    });

    it('answers in the order of the keys, with nothing for what is absent', async () => {
      await change(set('conf:a', '1'), set('conf:b', '2'));
      const read = await tier2.read({ space, keys: ['conf:b', 'conf:none', 'conf:a', 'conf:b'] });
      expect(read.map(({ payload }) => payload)).toEqual(['2', null, '1', '2']);
      expect(read[1]).toMatchObject({ lifeMs: 0, lease: 'none', ticket: null });
    });

    it('answers each of many reads of one moment with its own', async () => {
      await change(...Array.from({ length: 20 }, (_, i) => set(`conf:${i}`, String(i))));
      const reads = await Promise.all(Array.from({ length: 20 }, (_, i) => look(`conf:${i}`)));
      expect(reads.map(({ payload }) => payload)).toEqual(Array.from({ length: 20 }, (_, i) => String(i)));
    });

    it('tells the life that is left, and forgets what is past it', async () => {
      await change(set('conf:long'), set('conf:short', 'v', { lifeMs: 50 }));
      expect((await look('conf:long')).lifeMs).toBeGreaterThan(HOUR_MS - 600_000);
      expect((await look('conf:long')).lifeMs).toBeLessThanOrEqual(HOUR_MS);
      await pass(60);
      expect((await look('conf:short')).payload).toBeNull();
    });

    it('says which entries were there before a change', async () => {
      expect((await change(set('conf:a'), remove('conf:b'))).existed).toEqual([false, false]);
      expect((await change(remove('conf:a'), remove('conf:b'), set('conf:c'))).existed).toEqual([true, false, false]);
      expect((await look('conf:a')).payload).toBeNull();
    });

    it('sets a value under a lease that stands, and removes the entry where it was lost', async () => {
      await change(set('conf:a', 'old'), set('conf:b', 'old'));
      const whole = { ...LEASE, belowMs: 2 * HOUR_MS };
      const [a, b] = [await ask('conf:a', whole), await ask('conf:b', whole)];
      await change(set('conf:b', 'another'));
      const sets = [a, b].map(({ ticket }, i) =>
        set(`conf:${'ab'[i]}`, 'new', { lease: ticket!.token } as Partial<Change>),
      );
      expect(await change(...sets)).toMatchObject({ existed: [true, true], overtaken: [false, true] });
      expect([(await look('conf:a')).payload, (await look('conf:b')).payload]).toEqual(['new', null]);
      expect(await change(sets[0]!)).toMatchObject({ overtaken: [true] });
    });

    it('shortens a life to the grace and never makes it longer', async () => {
      await change(set('conf:long'), set('conf:short', 'v', { lifeMs: 5_000 }));
      await change({ op: 'expire', key: 'conf:long', graceMs: 60_000 }, { op: 'expire', key: 'conf:short', graceMs: 60_000 }); // prettier-ignore
      expect((await look('conf:long')).lifeMs).toBeLessThanOrEqual(60_000);
      expect((await look('conf:long')).payload).toBe('v');
      expect((await look('conf:short')).lifeMs).toBeLessThanOrEqual(5_000);
    });

    it('weighs entries without reading them', async () => {
      await change(set('conf:a', 'é!', { lifeMs: HOUR_MS }));
      const [a, none] = await tier2.weigh(['conf:a', 'conf:none']);
      expect([a?.sizeBytes, none]).toEqual([3, null]);
      expect(a?.lifeMs).toBeGreaterThan(HOUR_MS - 600_000);
      expect(a?.lifeMs).toBeLessThanOrEqual(HOUR_MS);
      const own: SpaceRef = { name: 'conf', kind: 'hash' };
      await tier2.change(own, [set('conf:h', PAYLOADS.hash)], 'me');
      expect((await tier2.weigh(['conf:h']))[0]?.sizeBytes).toBeGreaterThan(10);
      expect(await tier2.weigh([])).toEqual([]);
    });

    it('adds up what several count in one hash', async () => {
      expect(await tier2.count('conf:meta', {})).toEqual({});
      await Promise.all([tier2.count('conf:meta', { hits: 2 }), tier2.count('conf:meta', { hits: 3, misses: 1 })]);
      expect(await tier2.count('conf:meta', {})).toEqual({ hits: 5, misses: 1 });
    });

    it('lists the keys of a prefix, page by page, and no others', async () => {
      const odd = ['conf:*', 'conf:[a]', 'conf:a?', 'conf:\\'];
      const keys = [...Array.from({ length: 60 }, (_, i) => `conf:${i}`), ...odd];
      await change(...keys.map((key) => set(key)), set('conf2:x'), set('con:x'));
      expect(await scanned('conf:')).toEqual(keys.toSorted());
      expect(await scanned('conf:*')).toEqual(['conf:*']);
    });

    it('sets aside what is under a key, and nothing where there is nothing', async () => {
      await change(set('conf:a', 'odd'));
      await tier2.setAside('conf:a');
      await tier2.setAside('conf:none');
      expect((await look('conf:a')).payload).toBeNull();
      expect((await look('sluice:x:{conf:a}')).payload).toBe('odd');
      expect(await scanned('conf:')).toEqual([]);
    });
  });

  describe('leases', () => {
    it('go to one of many who ask, and only where something is to be loaded', async () => {
      await change(set('conf:fresh'));
      expect(await ask('conf:fresh')).toMatchObject({ lease: 'none', ticket: null, payload: 'v' });
      const asked = await Promise.all(Array.from({ length: 10 }, () => ask('conf:cold')));
      expect(asked.map(({ lease }) => lease).toSorted()).toEqual(['granted', ...Array.from({ length: 9 }, () => 'taken')]); // prettier-ignore
      expect(asked.filter(({ ticket }) => ticket)).toHaveLength(1);
    });

    it('are given for an entry with too little of its life left, together with what there is', async () => {
      await change(set('conf:a', 'old', { lifeMs: HOUR_MS }));
      expect(await ask('conf:a', { ...LEASE, belowMs: 1_000 })).toMatchObject({ lease: 'none' });
      expect(await ask('conf:a', { ...LEASE, belowMs: 2 * HOUR_MS })).toMatchObject({
        lease: 'granted',
        payload: 'old',
      });
    });

    it('end with the store, by themselves, or when given back', async () => {
      expect(await store('conf:a', await ask('conf:a'))).toBe('written');
      await change(remove('conf:a'));
      await ask('conf:b', { ...LEASE, lifeMs: 50 });
      const asked = await ask('conf:c');
      await tier2.releaseLease('conf:c', asked.ticket!.token, 0);
      await pass(60);
      expect(await Promise.all(['conf:a', 'conf:b', 'conf:c'].map(async (key) => (await ask(key)).lease))).toEqual(['granted', 'granted', 'granted']); // prettier-ignore
    });

    it('are kept up by their holder only', async () => {
      const { ticket } = await ask('conf:a', { ...LEASE, lifeMs: 1_000 });
      expect(await tier2.renewLease('conf:a', 'another', HOUR_MS)).toBe(false);
      expect(await tier2.renewLease('conf:a', ticket!.token, HOUR_MS)).toBe(true);
      await pass(1_050);
      expect((await ask('conf:a')).lease).toBe('taken');
      await tier2.releaseLease('conf:a', 'another', 0);
      expect((await ask('conf:a')).lease).toBe('taken');
    });

    it('say for a while that a load failed', async () => {
      const { ticket } = await ask('conf:a');
      await tier2.releaseLease('conf:a', ticket!.token, 50);
      expect(await ask('conf:a')).toMatchObject({ lease: 'failed', ticket: null });
      await pass(60);
      expect((await ask('conf:a')).lease).toBe('granted');
    });
  });

  describe('locks', () => {
    it('are held by one, until they end or are given back', async () => {
      const fence = (await tier2.takeLock('lock:a', 'one', HOUR_MS))!;
      expect(await tier2.takeLock('lock:a', 'two', HOUR_MS)).toBeNull();
      await tier2.releaseLock('lock:a', 'two');
      expect(await tier2.takeLock('lock:a', 'two', HOUR_MS)).toBeNull();
      await tier2.releaseLock('lock:a', 'one');
      expect(await tier2.takeLock('lock:a', 'two', 50)).toBeGreaterThan(fence);
      await pass(60);
      expect(await tier2.takeLock('lock:a', 'three', HOUR_MS)).toBeGreaterThan(fence + 1);
    });

    it('are kept up by their holder only', async () => {
      await tier2.takeLock('lock:a', 'one', 1_000);
      expect(await tier2.renewLock('lock:a', 'another', HOUR_MS)).toBe(false);
      expect(await tier2.renewLock('lock:a', 'one', HOUR_MS)).toBe(true);
      await pass(1_050);
      expect(await tier2.takeLock('lock:a', 'another', HOUR_MS)).toBeNull();
      await tier2.releaseLock('lock:a', 'one');
      expect(await tier2.renewLock('lock:a', 'one', HOUR_MS)).toBe(false);
    });
  });

  describe('a loaded value', () => {
    it.each<[string, Change]>([
      ['removed', remove('conf:a')],
      ['set', set('conf:a', 'newer')],
      ['expired', { op: 'expire', key: 'conf:a', graceMs: 1_000 }],
    ])('is not taken where its key was %s meanwhile', async (_what, meanwhile) => {
      const asked = await ask('conf:a');
      await change(meanwhile);
      expect(await store('conf:a', asked, 'old')).toBe('overtaken');
      expect((await look('conf:a')).payload).toBe(meanwhile.op === 'set' ? 'newer' : null);
    });

    it('is not taken after the namespace began a new epoch', async () => {
      const asked = await ask('conf:a');
      await tier2.renewEpoch(space, 'me');
      expect(await store('conf:a', asked)).toBe('overtaken');
      expect((await look('conf:a')).payload).toBeNull();
      expect((await ask('conf:a')).lease).toBe('granted');
    });

    it('is not taken from one who lost the lease to another', async () => {
      const late = await ask('conf:a', { ...LEASE, lifeMs: 50 });
      await pass(60);
      const asked = await ask('conf:a');
      expect(await store('conf:a', late, 'late')).toBe('overtaken');
      expect(await store('conf:a', asked, 'new')).toBe('written');
      expect(await store('conf:a', asked, 'twice')).toBe('overtaken');
      expect((await look('conf:a')).payload).toBe('new');
    });
  });

  describe('tags', () => {
    it('make the entries under them absent, whatever their keys, and no others', async () => {
      await change(set('conf:a', '1', { tags: ['x'] }), set('conf:b', '2', { tags: ['x', 'y'] }), set('conf:c', '3', { tags: ['y'] })); // prettier-ignore
      await tier2.invalidateTags(space, ['x'], 'me');
      const read = await tier2.read({ space, keys: ['conf:a', 'conf:b', 'conf:c'], tags: [['x'], ['x', 'y'], ['y']] });
      expect(read.map(({ payload }) => payload)).toEqual([null, null, '3']);
    });

    it('take a value that was loaded before their invalidation for absent', async () => {
      const asked = await ask('conf:a', LEASE, ['x']);
      await tier2.invalidateTags(space, ['x'], 'me');
      await store('conf:a', asked);
      expect((await look('conf:a', ['x'])).payload).toBeNull();
      const again = await ask('conf:a', LEASE, ['x']);
      expect(await store('conf:a', again, 'new')).toBe('written');
      expect((await look('conf:a', ['x'])).payload).toBe('new');
    });

    it('are renewed with the epoch', async () => {
      await change(set('conf:a', '1', { tags: ['x'] }));
      await tier2.renewEpoch(space, 'me');
      expect((await look('conf:a', ['x'])).payload).toBeNull();
    });
  });

  describe('numbers and messages', () => {
    it('count each invalidation of a namespace, from its epoch on', async () => {
      const other: SpaceRef = { name: 'other', kind: 'text' };
      const [before, otherBefore] = await tier2.states([space, other]);
      const told = await change(set('conf:a'), set('conf:b'));
      expect(told).toMatchObject({ epoch: before!.epoch, seq: before!.seq + 1 });
      expect(await tier2.invalidateTags(space, ['x'], 'me')).toEqual({ epoch: before!.epoch, seq: before!.seq + 2 });
      expect(await tier2.states([other, space])).toEqual([otherBefore, { epoch: before!.epoch, seq: before!.seq + 2 }]);
      const renewed = await tier2.renewEpoch(space, 'me');
      expect(renewed.epoch).not.toBe(before!.epoch);
      expect(await tier2.states([space])).toEqual([renewed]);
    });

    it('begin anew once where several end the same epoch', async () => {
      await change(set('conf:a'));
      const [before] = await tier2.states([space]);
      const ends = await Promise.all(['me', 'you'].map((from) => tier2.endEpoch(space, before!.epoch, from)));
      expect(ends.sort()).toEqual([false, true]);
      const [after] = await tier2.states([space]);
      expect(after).toEqual({ epoch: expect.not.stringMatching(before!.epoch), seq: 1 });
      expect(await tier2.endEpoch(space, before!.epoch, 'me')).toBe(false);
      expect(await tier2.states([space])).toEqual([after]);
    });

    it('tell every change to who listens, and nothing for loads', async () => {
      const heard: Invalidation[] = [];
      const stop = await listening((message) => heard.push(message));
      await store('conf:a', await ask('conf:a'));
      const one = await change(set('conf:a'), remove('conf:b'));
      const two = await tier2.invalidateTags(space, ['x'], 'you');
      const three = await tier2.renewEpoch(space, 'you');
      // In a cluster a message of the test before may still be on its way to this node.
      const ours = () => heard.filter(({ epoch }) => [one, two, three].some((state) => state.epoch === epoch));
      while (ours().length < 3) await pass(5);
      await stop();
      const state = ({ epoch, seq }: { epoch: string; seq: number }) => ({ epoch, seq });
      expect(ours()).toEqual([
        { space: 'conf', keys: ['conf:a', 'conf:b'], from: 'me', ...state(one) },
        { space: 'conf', keys: '*', from: 'you', ...two },
        { space: 'conf', keys: '*', from: 'you', ...three },
      ]);
    });
  });

  async function scanned(prefix: string): Promise<string[]> {
    const found = new Set<string>();
    let cursor = '0';
    do {
      const page = await tier2.scan(prefix, cursor, 10);
      for (const key of page.keys) found.add(key);
      ({ cursor } = page);
    } while (cursor !== '0');
    return [...found].sort();
  }

  async function listening(onInvalidation: (message: Invalidation) => unknown): Promise<() => Promise<void>> {
    let stop: () => Promise<void> = async () => undefined;
    await new Promise<void>((resolve, reject) => {
      const onState = (state: string) => state === 'up' && resolve();
      tier2.subscribe({ onInvalidation, onState }).then((unsubscribe) => (stop = unsubscribe), reject);
    });
    return () => stop();
  }
}

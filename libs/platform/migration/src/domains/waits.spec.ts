import type { TwoWayState } from './two-way-state';
import { carryWaits, waitsOf } from './waits';

const holder = 'sluice follow x, since then';

interface Over {
  readonly outbox?: Partial<TwoWayState['outbox']>;
  readonly follow?: Partial<TwoWayState['follow']>;
  readonly openDivergences?: number;
}

/** All of it is on its way. */
const aState = ({ outbox, follow, openDivergences = 0 }: Over = {}): TwoWayState => ({
  ...{ domain: 'runs', openDivergences },
  outbox: { ...{ waiting: 0, dead: 0, oldestSeconds: null, attempts: 0, error: null, refusals: [] }, ...outbox },
  follow: {
    ...{ unknownTables: [], failed: [], waits: [], feeds: ['change-log'], lagRows: 0, caughtUpAt: null, seenAt: null },
    ...{ holder, forSeconds: 60, carrier: holder },
    ...follow,
  },
});

it('has nothing to say where all of it is on its way', () => {
  expect(waitsOf(aState({ outbox: { waiting: 3, oldestSeconds: 0.2 } }), 'dual')).toEqual([]);
  expect(waitsOf(aState({ follow: { holder: null, carrier: null } }), 'legacy')).toEqual([]);
});

it.each<[string, Over, RegExp, RegExp]>([
  [
    'a row that the file refused',
    { outbox: { dead: 1, refusals: ['runs 7: WRITE_BACK_REFUSED runs.ratio: not-a-number'] } },
    /^the legacy file refused 1 write, and nobody tries again: runs 7: WRITE_BACK_REFUSED runs.ratio/,
    /--retry-dead/,
  ],
  [
    'nobody who follows',
    { outbox: { waiting: 2 }, follow: { holder: null, carrier: null } },
    /^2 writes wait .*, and nobody follows$/,
    /^Start `sluice follow` as a service/,
  ],
  [
    'a follower of others',
    { follow: { carrier: null, unknownTables: ['runs'] } },
    /^sluice follow x, .* does not follow runs$/,
    /^End it, and start, without --only/,
  ],
  [
    'a follower that carries nothing back',
    { follow: { carrier: null, feeds: ['watch'] } },
    / follows by watch, which carries nothing back$/,
    /without --only and --watch/,
  ],
  [
    'a follower that failed',
    { follow: { failed: ['runs: FOLLOW_SOURCE_CHANGED'], holder: null, carrier: null } },
    /ended: runs: FOLLOW_SOURCE_CHANGED$/,
    /When it stops/,
  ],
  [
    'a locked file',
    { outbox: { waiting: 1, error: 'LEGACY_LOCKED' } },
    /^1 write waits for the way into the file: LEGACY_LOCKED$/,
    /write transaction/,
  ],
  [
    'a file without its rights',
    { outbox: { waiting: 1, error: 'WRITE_BACK_NOT_WRITABLE' } },
    /WRITE_BACK_NOT_WRITABLE$/,
    /the right to write/,
  ],
  [
    'a value that another row has',
    { outbox: { waiting: 1, error: 'WRITE_BACK_REFUSED picks: unique' } },
    /unique$/,
    /divergences list/,
  ],
  [
    'any other fault of the file',
    { outbox: { waiting: 1, error: 'LEGACY_CORRUPT' } },
    /LEGACY_CORRUPT$/,
    /says in its log/,
  ],
  [
    'a lock in PostgreSQL',
    { follow: { waits: ['runs: POSTGRES_BUSY'] } },
    /^the follower waits, and tries again: runs: POSTGRES_BUSY$/,
    /pg_stat_activity/,
  ],
  ['a Redis that is away', { follow: { waits: ['runs: REDIS_UNAVAILABLE'] } }, /REDIS_UNAVAILABLE$/, /in its log/],
])('says why, and what mends it, for %s', (_what, over, reason, remedy) => {
  const state = aState(over);
  expect(waitsOf(state, 'dual')).toEqual([
    { reason: expect.stringMatching(reason), remedy: expect.stringMatching(remedy) },
  ]);
  expect(carryWaits(state, 'dual')).toHaveLength(1);
});

it('says of what is queued in a mode that carries nothing that it stays', () => {
  expect(waitsOf(aState({ outbox: { waiting: 1 } }), 'legacy')).toEqual([
    {
      reason: '1 write waits for the way into the file, and in mode legacy nothing is carried',
      remedy: 'They are carried from mode dual on: `sluice cutover status --domain runs`.',
    },
  ]);
});

it('names rows that the sides do not agree on last, and of a closed domain alone', () => {
  const open = { openDivergences: 2 };
  const dead = { dead: 4, refusals: ['runs 1', 'runs 2', 'runs 3', 'runs 4'] };
  const reasons = waitsOf(aState({ ...open, outbox: dead }), 'cutover').map(({ reason }) => reason);
  expect(reasons).toEqual([
    expect.stringMatching(/refused 4 writes.*: runs 1; runs 2; runs 3; …$/),
    '2 rows on which the sides do not agree, and which nobody has settled',
  ]);
  expect(waitsOf(aState({ ...open, follow: { holder: null, carrier: null } }), 'new')).toEqual([
    { reason: expect.stringMatching(/^2 rows that the legacy program wrote since the close/), remedy: expect.stringMatching(/^Stop the legacy program/) }, // prettier-ignore
  ]);
});

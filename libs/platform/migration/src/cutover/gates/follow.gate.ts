import type { Client } from 'pg';
import { twoWayState } from '../../domains/two-way-state';
import { open, shut, type Gate } from '../gate';

const START = 'Start `sluice follow` as a service, and leave it running.';
const START_WITH_ALL = 'End it, and start `sluice follow` with them as well (without --only), as a service.';

/** With a busy legacy program there is always something under way, so no lag means: none a moment ago, by a follower that lasts. */
export const followGate: Gate = {
  name: 'follow',
  about: 'a follower by change log is alive, has been for a time, and has no lag',
  before: ['dual', 'shadow', 'cutover', 'new'],
  isAskedAgain: true,
  async check({ client, domain, policy }) {
    const { follow } = await twoWayState(client, domain);
    if (follow.failed.length > 0) return shut(`failed: ${follow.failed.join(', ')}`, 'Look at `sluice follow status`, mend it, and start `sluice follow`.'); // prettier-ignore
    if (follow.holder === null) return shut('nobody follows', START);
    if (follow.unknownTables.length > 0)
      return shut(`not followed by ${follow.holder}: ${follow.unknownTables.join(', ')}`, START_WITH_ALL);
    if (follow.feeds.some((feed) => feed !== 'change-log'))
      return shut('followed by --watch, which carries nothing back', 'Run `sluice follow install --yes`, then `sluice follow` without --watch.'); // prettier-ignore
    const forSeconds = follow.forSeconds ?? 0;
    if (forSeconds < policy.followingForSeconds)
      return shut(`it has run for ${Math.floor(forSeconds)} s, and ${policy.followingForSeconds} s are asked for`, 'Wait, and look again.'); // prettier-ignore
    const late = await secondsSince(client, follow.caughtUpAt);
    if (late === null || late > policy.caughtUpWithinSeconds)
      return shut(
        `${follow.lagRows} changes behind, last without lag ${late === null ? 'never' : `${Math.floor(late)} s ago`}`,
        'Wait until `sluice follow status` shows no lag; if it grows, see what its follower says.',
      );
    return open(`no lag ${Math.floor(late)} s ago; ${follow.holder}`);
  },
};

/** Null of a time to come, too: the server's clock was set back since, and nobody knows how long ago it was. */
async function secondsSince(client: Client, time: Date | null): Promise<number | null> {
  if (time === null) return null;
  const { rows } = await client.query<{ seconds: number }>(
    'SELECT extract(epoch FROM clock_timestamp() - $1::timestamptz)::float8 AS seconds',
    [time],
  );
  const { seconds } = rows[0]!;
  return seconds < -1 ? null : Math.max(0, seconds);
}

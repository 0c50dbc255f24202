import path from 'node:path';
import { follow, openWatch, type FollowEvent, type FollowState } from '@sluice/migration';
import { tradingWriteBacks } from '@sluice/trading-legacy';
import { endCode, wholeNumber, type Context } from '../context';
import { openCache, workOptions } from '../migration';
import { bigintAsText } from '../output/progress';
import { countOf, formatCount, formatTable } from '../output/table';
import { projectRoot } from '../prisma-cli';

/** A busy follower says no more than once in this time how far it is. */
const SAY_EVERY_MS = 10_000;

/** Exit 0 when everything is applied (`--once`), 130 or 143 when it was stopped, after the batch that was under way. */
export default async function followFiles(context: Context): Promise<number> {
  const { options } = context;
  const cache = await openCache(context);
  try {
    const states = await follow({
      ...workOptions(context),
      cache,
      history: {
        keep: options.keepHistory ?? 'retention',
        days:
          options.retentionDays === undefined ? undefined : wholeNumber('--retention-days', options.retentionDays, 1),
      },
      once: options.once ?? false,
      recheck: options.recheck ?? false,
      writeBacks: tradingWriteBacks,
      ...(options.watch ? { openSource: openWatch(stampsDir(context)) } : {}),
      onEvent: teller(context),
    });
    context.print(options.json ? JSON.stringify(states, bigintAsText, 2) : formatStates(states));
    return endCode(context);
  } finally {
    await cache?.close();
  }
}

/** What is lost of it costs one comparison of everything. */
const stampsDir = ({ settings }: Context): string =>
  path.resolve(settings.stateDir ?? path.join(projectRoot(), '.sluice'), 'stamps');

/** Lines on standard error. */
function teller({ log }: Context): (event: FollowEvent) => void {
  const files = new Map<string, { changes: number; saidMs: number }>();
  return (event) => {
    if (event.type === 'note') return log(event.text);
    if (event.type === 'following') {
      log(`following ${event.file}: ${event.tables.join(', ')}`);
      if (event.whole.length > 0) log(`comparing as a whole first: ${event.whole.join(', ')}`);
      return undefined;
    }
    const way = `${event.type} ${event.file}`;
    const known = files.get(way) ?? { changes: 0, saidMs: -Infinity };
    known.changes += event.changes;
    files.set(way, known);
    if (performance.now() - known.saidMs < SAY_EVERY_MS) return undefined;
    const what = event.type === 'carried' ? 'of PostgreSQL written' : `applied, ${formatCount(event.lagRows)} to come`;
    log(`${event.file}: ${countOf(known.changes, 'change')} ${what}`);
    Object.assign(known, { changes: 0, saidMs: performance.now() });
    return undefined;
  };
}

function formatStates(states: readonly FollowState[]): string {
  const head = ['table', 'written', 'deleted', 'kept as history', 'quarantined', 'lag'];
  const rows = states.map(({ table, written, deleted, kept, quarantined, lagRows }) => [
    table,
    ...[written, deleted, kept, quarantined, lagRows].map(formatCount),
  ]);
  return formatTable(head, rows, ['left', 'right', 'right', 'right', 'right', 'right']);
}

import { requireDatabaseUrl } from '@sluice/config';
import { Postgres } from '@sluice/postgres';
import type { WarmProgress } from '@sluice/trading-caching';
import { LatestPicksSource } from '@sluice/trading-feature';
import { withCaches } from '../cache-engine';
import { DatabaseNotMigratedError } from '../cli.errors';
import { confirm } from '../confirm';
import { wholeNumber, type Context } from '../context';
import { exitCodes } from '../exit-codes';
import { formatCount, formatTable } from '../output/table';
import { readSchemaState } from '../schema-state';

const PER_SECOND = '50';
const LOGGED_EVERY = 100;

/** Exit 6 where an entry could not be loaded, or Redis has not taken it. */
export default async function cacheWarm(context: Context, ...names: string[]): Promise<number> {
  const { json, dryRun = false, perSecond = PER_SECOND } = context.options;
  const limit = wholeNumber('--per-second', perSecond, 1);
  const { pending, failed } = await readSchemaState(context, 'cache warm');
  if (pending.length + failed.length > 0) throw new DatabaseNotMigratedError([...failed, ...pending]);
  const url = requireDatabaseUrl(context.settings).reveal();
  const postgres = new Postgres({ url, poolSize: 1, applicationName: `sluice cache warm ${context.holder}` });
  try {
    const done = await withCaches(context, async (admin, caches) => {
      const sources = { latestPicks: LatestPicksSource.over(postgres) };
      const asked = names.length > 0 ? { names } : {};
      const planned = await caches.warm(sources, { ...asked, dryRun: true });
      if (dryRun) return planned;
      const absent = formatCount(planned.reduce((sum, { total, present }) => sum + total - present, 0));
      if (absent !== '0') await confirm(context, `Load what is absent (${absent}) from PostgreSQL into Redis?`, '');
      for (const { name } of planned) admin.noteWarm(context.holder, name);
      const { signal } = context;
      return caches.warm(sources, { ...asked, perSecond: limit, signal, onProgress: (one) => tell(context, one) });
    });
    context.print(json ? JSON.stringify({ dryRun, caches: done }) : formatWarm(done));
    for (const { name, failure } of done) if (failure) context.log(`${name}: ${failure}`);
    if (context.signal.aborted) return context.stoppedBy();
    return done.some(({ failed }) => failed > 0) ? exitCodes.unavailable : exitCodes.done;
  } finally {
    await postgres.close();
  }
}

function tell(context: Context, { name, total, present, loaded, failed }: WarmProgress): void {
  const seen = present + loaded + failed;
  if (seen % LOGGED_EVERY === 0) context.log(`${name}: ${formatCount(seen)} of ${formatCount(total)}`);
}

function formatWarm(done: readonly WarmProgress[]): string {
  const lines = done.map(({ name, total, present, loaded, failed }) => [
    name,
    ...[total, present, loaded, failed].map(formatCount),
  ]);
  return formatTable(['name', 'entries', 'were there', 'loaded', 'failed'], lines, [
    'left',
    ...Array<'right'>(4).fill('right'),
  ]);
}

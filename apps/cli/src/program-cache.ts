import type { Command } from 'commander';
import type { Act, Add } from './program';

/** `sluice cache`: what an operator may see and change of the caches in Redis. */
export function addCacheCommands(add: Add, program: Command, act: Act): void {
  const cache = program
    .command('cache')
    .description('The caches in Redis: what there is, what is wrong with it, removing and filling it.')
    .exitOverride();
  const on = (signature: string, about: string, examples: readonly string[]): Command =>
    add(cache, signature, about, examples).option('--redis-url <url>', 'Redis for caches (REDIS_URL)');

  on('list', 'The declared caches with their keys and lives.', ['sluice cache list']).action(
    act(() => import('./commands/cache-list.command')),
  );
  on('policy <name>', 'The policy of a cache as it is declared.', ['sluice cache policy sr --json']).action(
    act(() => import('./commands/cache-policy.command')),
  );
  on('stats [name]', 'How many entries Redis holds, fresh and stale, and their bytes.', [
    'sluice cache stats',
    'sluice cache stats sr --json',
  ]).action(act(() => import('./commands/cache-stats.command')));
  on('verify [name]', 'Decode every entry; ends with 5 where one does not decode or has no end.', [
    'sluice cache verify',
    'sluice cache verify sr --json',
  ]).action(act(() => import('./commands/cache-verify.command')));
  on('keys <name>', 'The keys of a cache, a page at a time.', [
    'sluice cache keys sr',
    'sluice cache keys sr --limit 1000 --cursor 42 --json',
  ])
    .option('--limit <number>', 'keys that Redis looks at for a page, about', '200')
    .option('--cursor <cursor>', 'where the last page ended', '0')
    .action(act(() => import('./commands/cache-keys.command')));
  on('inspect <name> <key>', 'One entry: its value, state, remaining life and size.', [
    'sluice cache inspect sr sr:TCS:D',
  ]).action(act(() => import('./commands/cache-inspect.command')));
  on('delete <name> [keys...]', 'Delete entries, by key or by tag; every process drops them.', [
    'sluice cache delete sr sr:TCS:D sr:INFY:D --yes',
    'sluice cache delete sr sr:TCS:D --dry-run',
    'sluice cache delete hist --tag symbol:TCS --yes',
  ])
    .option('--tag <tag>', 'every entry with this tag, whatever its key', collect)
    .option('--yes', 'confirm what cannot be undone')
    .option('--dry-run', 'say what would go, and change nothing')
    .action(act(() => import('./commands/cache-delete.command')));
  on('expire <name> <keys...>', 'Make entries stale: loaded again, and served only while that fails.', [
    'sluice cache expire sr sr:TCS:D',
    'sluice cache expire context:memory context:memory:session:a --yes',
  ])
    .option('--yes', 'confirm, where the cache keeps no stale values, so that the entries are deleted')
    .option('--dry-run', 'say what would become stale, and change nothing')
    .action(act(() => import('./commands/cache-expire.command')));
  on('clear <name>', 'Delete every entry of one cache, and of no other.', [
    'sluice cache clear sr --dry-run',
    'sluice cache clear sr --yes',
  ])
    .option('--yes', 'confirm what cannot be undone')
    .option('--dry-run', 'count the entries, and change nothing')
    .action(act(() => import('./commands/cache-clear.command')));
  on('warm [names...]', 'Fill caches from PostgreSQL ahead of their callers; replaces nothing that is there.', [
    'sluice cache warm --dry-run',
    'sluice cache warm picks:latest --per-second 20 --yes',
  ])
    .option('--database-url <url>', 'PostgreSQL, the record (DATABASE_URL)')
    .option('--per-second <loads>', 'load at most so many entries a second', '50')
    .option('--yes', 'confirm that entries are loaded')
    .option('--dry-run', 'count what is absent, and load nothing')
    .action(act(() => import('./commands/cache-warm.command')));
}

/** An option that may be given more than once. */
const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

import type { Command } from 'commander';
import { collect } from './collect';
import type { Act, Add } from './program';

/** `sluice keys`: who may ask the API, and for what. */
export function addKeysCommands(add: Add, program: Command, act: Act): void {
  const keys = program.command('keys').description('Keys of the API: who may ask it, and for what.').exitOverride();
  const on = (signature: string, about: string, examples: readonly string[]): Command =>
    add(keys, signature, about, examples).option('--database-url <url>', 'PostgreSQL (DATABASE_URL)');

  on('create', 'Make a key; its text is printed once and nobody can read it again.', [
    'sluice keys create --name dashboard --scope read --expires 90d',
    'sluice keys create --name trainer --scope read,write',
    'sluice keys create --name operator --scope admin --expires 12h',
  ])
    .requiredOption('--name <name>', 'whose key it is, for people')
    .requiredOption('--scope <scopes>', 'read, write, or both with a comma; admin may do everything', collect)
    .option('--expires <after>', 'ends it after 90d, 12h or 30m; without it it has no end')
    .action(act(() => import('./commands/keys-create.command')));
  on('list', 'All keys, the newest first, without their secrets.', [
    'sluice keys list',
    'sluice keys list --json',
  ]).action(act(() => import('./commands/keys-list.command')));
  on('rotate <id>', 'Make a key like an old one, and let the old one end after a while.', [
    'sluice keys rotate 5f0c2a9be1d4',
    'sluice keys rotate 5f0c2a9be1d4 --overlap 1h',
  ])
    .option('--overlap <time>', 'how long the old one goes on: 7d, 24h or 30m; 0m ends it now', '24h')
    .action(act(() => import('./commands/keys-rotate.command')));
  on('revoke <id>', 'End a key now; the API refuses it within 5 seconds.', ['sluice keys revoke 5f0c2a9be1d4 --yes'])
    .option('--yes', 'confirm what cannot be undone')
    .action(act(() => import('./commands/keys-revoke.command')));
}

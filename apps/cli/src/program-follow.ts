import { Option, type Command } from 'commander';
import type { Act, Add } from './program';

/** Options that several commands share. */
export type With = Readonly<Record<'withSource' | 'withServers' | 'withDatabase', (command: Command) => Command>>;

/** `sluice follow`: what the legacy program still changes, while people move. */
export function addFollowCommands(add: Add, program: Command, act: Act, shared: With): void {
  const { withSource, withServers, withDatabase } = shared;
  const follow = withServers(
    withSource(
      add(program, 'follow', 'Apply what the legacy program changes in its SQLite files, until stopped.', [
        'sluice follow --legacy ./legacy',
        'sluice follow --once --json',
        'sluice follow --watch --state-dir ./state',
        'sluice follow --keep-history all',
      ]),
    ),
  )
    .enablePositionalOptions()
    .option('--once', 'end when everything is applied')
    .option('--recheck', 'compare everything once, whatever is remembered of the files')
    .option('--watch', 'find changes by the pages of the files, without a change log: nothing is written to them')
    .option('--state-dir <dir>', 'where --watch keeps what it knows of the pages (SLUICE_STATE_DIR, else .sluice)')
    .addOption(
      new Option('--keep-history <which>', 'rows that the legacy program deletes and the target keeps')
        .choices(['retention', 'all', 'none'])
        .default('retention'),
    )
    .option('--retention-days <days>', "after how many days the legacy program's retention deletes (90)")
    .action(act(() => import('./commands/follow.command')));

  withSource(
    add(
      follow,
      'install',
      'Put a change log into the legacy files: a table and triggers whose names begin with _sluice_.',
      ['sluice follow install --legacy ./legacy --dry-run', 'sluice follow install --legacy ./legacy --yes'],
    ),
  )
    .option('--yes', 'confirm that legacy files are written to')
    .option('--dry-run', 'say what would be installed, and change nothing')
    .action(act(() => import('./commands/follow-install.command')));
  withDatabase(
    withSource(
      add(follow, 'uninstall', 'Take the change log out of the legacy files, without a trace.', [
        'sluice follow uninstall --legacy ./legacy --yes',
      ]),
    ),
  )
    .option('--yes', 'confirm what cannot be undone')
    .option('--dry-run', 'say what would be taken out, and change nothing')
    .action(act(() => import('./commands/follow-uninstall.command')));
  withDatabase(
    withSource(
      add(follow, 'status', 'How far each table is, and who follows; changes nothing.', [
        'sluice follow status',
        'sluice follow status --json',
      ]),
    ),
  ).action(act(() => import('./commands/follow-status.command')));
}

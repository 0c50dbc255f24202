import { Option, type Command } from 'commander';
import type { Act, Add } from './program';

/** Options that several commands share. */
export type With = Readonly<Record<'withSource' | 'withServers' | 'withDatabase', (command: Command) => Command>>;

/** `sluice reconcile` and `sluice divergences`: where both sides write, and what they do not agree on. */
export function addTwoWayCommands(add: Add, program: Command, act: Act, { withSource, withDatabase }: With): void {
  const withDomains = (command: Command): Command =>
    command.option('--domain <name>', 'one domain; may be given more than once', collect);
  withDatabase(
    withSource(
      withDomains(
        add(
          program,
          'reconcile',
          'Compare the tables that both sides write, and carry the side that is read (exit 5).',
          ['sluice reconcile --domain runs --dry-run', 'sluice reconcile --yes', 'sluice reconcile --retry-dead'],
        ),
      ),
    ),
  )
    .option('--dry-run', 'say what is unequal, and note nothing')
    .option('--yes', 'confirm that the side that is read overwrites the other one')
    .option('--retry-dead', 'try rows again that the legacy file has refused, and compare nothing')
    .action(act(() => import('./commands/reconcile.command')));

  const divergences = program
    .command('divergences')
    .description('Rows that the two sides did not agree on, with the values of both.')
    .exitOverride();
  withDatabase(
    withDomains(
      add(divergences, 'list', 'What nobody has settled yet (exit 5 where there is any).', [
        'sluice divergences list',
        'sluice divergences list --domain runs --json',
      ]),
    ),
  )
    .option('--all', 'those that are settled, too')
    .action(act(() => import('./commands/divergences-list.command')));
  withDatabase(
    withDomains(
      add(divergences, 'settle [ids...]', 'Say by name that they were looked at; no row changes.', [
        'sluice divergences settle 3 4 --by "Anna Rao" --reason "the legacy value is the right one"',
        'sluice divergences settle --all --domain runs --by "Anna Rao" --reason "test data"',
      ]),
    ),
  )
    .option('--all', 'all that are open')
    .requiredOption('--by <name>', 'who settles them, for the audit log')
    .requiredOption('--reason <text>', 'why, for the audit log')
    .action(act(() => import('./commands/divergences-settle.command')));
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

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

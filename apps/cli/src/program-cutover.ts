import { Option, type Command } from 'commander';
import type { Act, Add } from './program';
import type { With } from './program-follow';

/** An option that may be given more than once. */
const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const withDomains = (command: Command): Command =>
  command.option('--domain <name>', 'one domain; may be given more than once', collect);

const withServers = (command: Command): Command =>
  command
    .option('--database-url <url>', 'PostgreSQL (DATABASE_URL)')
    .option('--redis-url <url>', 'Redis for caches (REDIS_URL)')
    .option('--corpus-redis-url <url>', 'Redis for corpora (CORPUS_REDIS_URL)');

const withPerson = (command: Command): Command =>
  command
    .requiredOption('--by <name>', 'who does this, for the audit log')
    .option('--reason <text>', 'why, for the audit log');

const withFiles = (command: Command): Command =>
  withServers(withDomains(withPerson(command)))
    .option('--all', 'every domain')
    .option('--yes', 'confirm')
    .option('--wait <seconds>', 'how long the last writes are waited for', '60')
    .option('--legacy <dir>', "the legacy backend's root folder (LEGACY_DIR)")
    .option('--working-dir <dir>', 'another folder in which the legacy process ran and left its cache/', collect)
    .option('--file <table=path>', 'take a table from this file', collect);

/** `sluice cutover`: the checklist by which domains move from the legacy program to PostgreSQL, and back. */
export function addCutoverCommands(add: Add, program: Command, act: Act): void {
  const cutover = program
    .command('cutover')
    .description('The checklist: where each domain is, what keeps it there, the steps and the way back.')
    .exitOverride();

  withServers(
    withDomains(
      add(cutover, 'status', 'Where each domain is, and which gate is shut and how to open it (exit 3).', [
        'sluice cutover status',
        'sluice cutover status --domain runs --json',
      ]),
    ),
  ).action(act(() => import('./commands/cutover-status.command')));
  withServers(
    withDomains(
      add(cutover, 'plan', 'What the next step would do, with what it locks; changes nothing.', [
        'sluice cutover plan --domain runs',
      ]),
    ),
  ).action(act(() => import('./commands/cutover-plan.command')));
  withPerson(
    withDomains(
      add(cutover, 'approve', 'Agree to the next step by name; it holds until the domain changes its mode.', [
        'sluice cutover approve --domain runs --by "Anna Rao" --reason "shadow reads are clean for a week"',
      ]),
    ),
  )
    .option('--all', 'every domain that is before a step that asks for it')
    .option('--database-url <url>', 'PostgreSQL (DATABASE_URL)')
    .action(act(() => import('./commands/cutover-approve.command')));
  withFiles(
    add(cutover, 'advance', 'Go one step on, all chosen domains or none, where every gate is open.', [
      'sluice cutover advance --domain runs --to dual --by "Anna Rao" --dry-run',
      'sluice cutover advance --all --to dual --by "Anna Rao" --yes',
    ]),
  )
    .option('--to <mode>', 'legacy, dual, shadow or cutover; what is there already stays')
    .option('--dry-run', 'say what would change, and change nothing')
    .action(act(() => import('./commands/cutover-advance.command')));
  withFiles(
    add(cutover, 'rollback', 'Go back to the legacy program, with every write since, compared row by row.', [
      'sluice cutover rollback --domain runs --by "Anna Rao" --reason "prices are wrong" --yes',
    ]),
  ).action(act(() => import('./commands/cutover-rollback.command')));
  withFiles(
    add(cutover, 'close', 'End the way back: PostgreSQL alone. Asks for the names a second time.', [
      'sluice cutover close --domain runs --by "Anna Rao"',
      'sluice cutover close --domain runs --by "Anna Rao" --yes --confirm runs',
    ]),
  )
    .option('--confirm <names>', 'the names of the domains once more, with commas')
    .action(act(() => import('./commands/cutover-close.command')));
  withFiles(
    add(
      cutover,
      'rehearse',
      'Go there and back on a copy of the files and a database of its own; records how it went.',
      ['sluice cutover rehearse --domain runs --by "Anna Rao"'],
    ),
  ).action(act(() => import('./commands/cutover-rehearse.command')));
  withDomains(
    add(
      cutover,
      'explain [id]',
      'What differed between the answers of both sides in shadow; with a number, say why it may.',
      [
        'sluice cutover explain --domain runs',
        'sluice cutover explain 7 --by "Anna Rao" --reason "the legacy side rounds"',
      ],
    ),
  )
    .option('--by <name>', 'who does this, for the audit log')
    .option('--reason <text>', 'why it is no fault')
    .option('--database-url <url>', 'PostgreSQL (DATABASE_URL)')
    .action(act(() => import('./commands/cutover-explain.command')));
  add(cutover, 'report', 'The evidence of the whole move: modes, gates, approvals, verifications, and what is open.', [
    'sluice cutover report > report.md',
    'sluice cutover report --report-dir ./evidence',
  ])
    .addOption(
      new Option('--format <format>', 'how to write it').choices(['markdown', 'html', 'json']).default('markdown'),
    )
    .option('--report-dir <dir>', 'also write it to <dir>/cutover-<time>.json, .md and .html')
    .option('--database-url <url>', 'PostgreSQL (DATABASE_URL)')
    .action(act(() => import('./commands/cutover-report.command')));
  add(
    cutover,
    'audit',
    'Whether the audit log is what was written (exit 3 where it is not); --accept says by name that it was looked into.',
    [
      'sluice cutover audit',
      'sluice cutover audit --accept --by "Anna Rao" --reason "an entry was corrected by hand, ticket 12"',
    ],
  )
    .option('--accept', 'somebody has looked into every break that there is now, and no gate is shut by them any more')
    .option('--by <name>', 'who does this, for the audit log')
    .option('--reason <text>', 'what was found')
    .option('--database-url <url>', 'PostgreSQL (DATABASE_URL)')
    .action(act(() => import('./commands/cutover-audit.command')));
  add(cutover, 'policy', 'What the gates ask for; --set changes it, by name and in the audit log.', [
    'sluice cutover policy',
    'sluice cutover policy --set approvals=2 --by "Anna Rao" --reason "four eyes"',
  ])
    .option('--set <rule=value>', 'change a rule', collect)
    .option('--by <name>', 'who does this, for the audit log')
    .option('--reason <text>', 'why, for the audit log')
    .option('--database-url <url>', 'PostgreSQL (DATABASE_URL)')
    .action(act(() => import('./commands/cutover-policy.command')));
}

/** `sluice quarantine review`. */
export function addReviewCommand(
  add: Add,
  quarantine: Command,
  act: Act,
  { withDatabase }: Pick<With, 'withDatabase'>,
): void {
  withPerson(
    withDatabase(
      add(quarantine, 'review [id]', 'Note that somebody has looked at a row, and why it may stay there.', [
        'sluice quarantine review 7 --by "Anna Rao" --reason "a test row of 2024"',
        'sluice quarantine review --all --by "Anna Rao" --reason "NaN prices, agreed with research"',
      ]),
    ),
  )
    .option('--all', 'every row that nobody has looked at yet')
    .action(act(() => import('./commands/quarantine-review.command')));
}

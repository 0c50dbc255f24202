import { Option, type Command } from 'commander';
import type { Act, Add } from './program';
import type { With } from './program-follow';

/** `sluice backup` and `sluice archive`: what is saved before a step that cannot be taken back, and what is kept after the last. */
export function addBackupCommands(add: Add, program: Command, act: Act, { withDatabase }: With): void {
  const backup = program
    .command('backup')
    .description('Backups of PostgreSQL and of the legacy files, and whether they can be brought back.')
    .exitOverride();
  withProgress(
    withDatabase(
      withFiles(
        add(backup, 'create', 'Save PostgreSQL and all legacy files while everybody goes on working.', [
          'sluice backup create --legacy ./legacy',
          'sluice backup create --to /mnt/backups --json',
        ]),
      ),
    ),
  )
    .option('--to <dir>', 'the folder of the backups (SLUICE_STATE_DIR/backups, else .sluice/backups)')
    .option('--state-dir <dir>', 'where Sluice keeps what is its own (SLUICE_STATE_DIR)')
    .action(act(() => import('./commands/backup-create.command')));
  withDatabase(add(backup, 'list', 'The backups and archives of this database.', ['sluice backup list --json'])).action(
    act(() => import('./commands/backup-list.command')),
  );
  withProgress(
    withDatabase(
      add(backup, 'check <id>', 'Read every file of a backup, and compare it with its SHA-256.', [
        'sluice backup check 20261121T194455123Z-3f2a91',
      ]),
    ),
  ).action(act(() => import('./commands/backup-check.command')));
  withProgress(
    withDatabase(
      add(backup, 'rehearse <id>', 'Bring a backup back as a trial, compare all of it, and take it away again.', [
        'sluice backup rehearse 20261121T194455123Z-3f2a91',
        'sluice backup rehearse 20261121T194455123Z-3f2a91 --into postgresql://user@other/empty',
      ]),
    ),
  )
    .option('--into <url>', 'an empty database for the trial, which keeps it; else one is made on the same server')
    .action(act(() => import('./commands/backup-rehearse.command')));
  withProgress(
    withDatabase(
      add(backup, 'restore <id>', 'Bring a backup back for good, into an empty database and an empty folder.', [
        'sluice backup restore 20261121T194455123Z-3f2a91 --into postgresql://user@host/new --files ./restored',
        'sluice backup restore /mnt/backups/20261121T194455123Z-3f2a91 --into postgresql://user@host/new',
      ]),
    ),
  )
    .option('--into <url>', 'an empty database')
    .option('--files <dir>', 'a new or empty folder for the legacy files')
    .option('--to <dir>', 'the folder that the backup was put into')
    .option('--state-dir <dir>', 'where Sluice keeps what is its own (SLUICE_STATE_DIR)')
    .action(act(() => import('./commands/backup-restore.command')));
  addArchiveCommands(add, program, act, (command) => withProgress(withDatabase(withFiles(command))));
}

function addArchiveCommands(add: Add, program: Command, act: Act, withAll: (command: Command) => Command): void {
  const archive = program
    .command('archive')
    .description('The legacy files, kept for good once every domain is closed.')
    .exitOverride();
  withAll(
    add(archive, 'create', 'Save the legacy files for good, and bring them back once as a trial.', [
      'sluice archive create --to /mnt/archive',
    ]),
  )
    .requiredOption('--to <dir>', 'the folder of the archives')
    .action(act(() => import('./commands/archive-create.command')));
  withAll(
    add(archive, 'remove-originals', 'Remove the legacy files that the newest archive holds as they are now.', [
      'sluice archive remove-originals --dry-run',
      'sluice archive remove-originals --yes',
    ]),
  )
    .option('--dry-run', 'say what would be removed, and change nothing')
    .option('--yes', 'confirm what cannot be undone')
    .action(act(() => import('./commands/archive-remove-originals.command')));
}

/** Without --only: what a part of the files is saved of must not count as a backup. */
const withFiles = (command: Command): Command =>
  command
    .option('--legacy <dir>', "the legacy backend's root folder (LEGACY_DIR)")
    .option('--working-dir <dir>', 'another folder in which the legacy process ran and left its cache/', collect)
    .option('--file <table=path>', 'take a table from this file', collect);

const collect = (value: string, all: readonly string[] = []): string[] => [...all, value];

const withProgress = (command: Command): Command =>
  command.addOption(
    new Option('--progress <how>', 'how to show the work on standard error')
      .choices(['auto', 'bar', 'lines', 'json', 'none'])
      .default('auto'),
  );

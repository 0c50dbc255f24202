import { Command, CommanderError, Option } from 'commander';
import { DomainError } from '@sluice/core';
import { collect } from './collect';
import { addBackupCommands } from './program-backup';
import { addCacheCommands } from './program-cache';
import { addCutoverCommands, addReviewCommand } from './program-cutover';
import { addFollowCommands, addTwoWayCommands } from './program-follow';
import { addKeysCommands } from './program-keys';
import { exitCodeOfKind, exitCodes } from './exit-codes';
import type { Context } from './context';

const version = '0.1.0';

/**
 * The command line's surface. Only what `--help` needs is loaded here; each command brings its own code when it runs, so
 * that help and mistakes answer at once.
 */
export async function run(argv: readonly string[]): Promise<number> {
  let code: number = exitCodes.done;
  const program = buildProgram((result) => (code = result));
  try {
    await program.parseAsync([...argv]);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return afterParsing(error, argv.includes('--json'));
    return reportFailure(error, argv.includes('--json'), exitCodes.interrupted);
  }
}

export type Action = (context: Context, ...args: string[]) => Promise<number>;

/** Adds a command with `--json` and examples. */
export type Add = (parent: Command, signature: string, about: string, examples: readonly string[]) => Command;

/** The action that loads a command's code when it runs. */
export type Act = (load: () => Promise<{ default: Action }>) => (this: Command, ...args: unknown[]) => Promise<void>;

function buildProgram(finish: (code: number) => void): Command {
  const program = new Command('sluice')
    .description('Moves SQLite and JSON files of a running backend to PostgreSQL and Redis, and proves every row.')
    .version(version)
    .showHelpAfterError('(add --help for the options and examples)')
    .exitOverride();

  /** Loads a command's code and runs it with its options. */
  const act = (load: () => Promise<{ default: Action }>) =>
    async function (this: Command, ...args: unknown[]) {
      refuseNoValue(this);
      const [{ default: action }, { createContext }] = await Promise.all([load(), import('./context')]);
      const names = args.flat().filter((arg): arg is string => typeof arg === 'string');
      const context = await createContext(this.optsWithGlobals(), takenBy(this), version);
      try {
        finish(await action(context, ...names));
      } catch (error) {
        finish(await reportFailure(error, context.options.json ?? false, context.stoppedBy()));
      }
    };
  const add = (parent: Command, signature: string, about: string, examples: readonly string[]): Command =>
    parent
      .command(signature)
      .description(about)
      .exitOverride()
      .option('--json', 'one JSON document on standard output; logs stay on standard error')
      .addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`);

  withSource(
    add(program, 'inspect', 'Look at the legacy files and say what a migration would do; changes nothing.', [
      'sluice inspect --legacy ./legacy',
      'sluice inspect --legacy ./legacy --only llm_requests --json',
    ]),
  ).action(act(() => import('./commands/inspect.command')));

  withReport(
    withTuning(
      withServers(
        withSource(
          add(program, 'migrate', 'Copy the legacy files into Postgres and Redis and verify every row.', [
            'sluice migrate --legacy ./legacy',
            'sluice migrate --legacy ./legacy --only pick_events --only pick_outcomes',
            'sluice migrate --legacy ./legacy --progress json 2> progress.jsonl',
            'sluice migrate --legacy ./legacy --choose ai_recommendations.generated_at_utc=proven',
            'sluice migrate --legacy ./legacy --restart --yes',
          ]),
        ),
      ),
    ),
  )
    .option('--choose <column=reading>', 'read a mislabelled time column: as-labelled, proven or all', collect)
    .option('--restart', 'empty the migrated tables and copy again from the start (needs --yes)')
    .option('--yes', 'confirm what cannot be undone')
    .option('--salvage', 'of a damaged legacy file take what can be read, and set aside what cannot (exit 4)')
    .option('--max-rate <rows>', 'copy at most so many rows a second')
    .option('--range-bytes <bytes>', 'how much of a legacy file one transaction loads, about (8 MiB)')
    .action(act(() => import('./commands/migrate.command')));

  withReport(
    withTuning(
      withServers(
        withSource(
          add(program, 'verify', 'Compare every row and column of source and target; changes no data.', [
            'sluice verify --legacy ./legacy',
            'sluice verify --legacy ./legacy --only ai_recommendations --json',
            'sluice verify --legacy ./legacy --report-dir ./evidence',
          ]),
        ),
      ),
    ),
  ).action(act(() => import('./commands/verify.command')));

  addFollowCommands(add, program, act, { withSource, withServers, withDatabase });
  addTwoWayCommands(add, program, act, { withSource, withServers, withDatabase });

  const quarantine = program
    .command('quarantine')
    .description('Rows that could not be loaded, with their raw bytes.')
    .exitOverride();
  withDatabase(
    add(quarantine, 'list', 'The rows that are set aside.', [
      'sluice quarantine list',
      'sluice quarantine list --only pick_outcomes --json',
    ]),
  )
    .option(...only)
    .action(act(() => import('./commands/quarantine-list.command')));
  withDatabase(
    add(quarantine, 'show <id>', 'One row with every value as the legacy file holds it.', ['sluice quarantine show 7']),
  ).action(act(() => import('./commands/quarantine-show.command')));
  withServers(
    withSource(
      add(quarantine, 'replay', 'Try again, after a fix in the legacy file or in a mapping.', [
        'sluice quarantine replay --legacy ./legacy',
        'sluice quarantine replay --legacy ./legacy --only pick_outcomes',
      ]),
    ),
  ).action(act(() => import('./commands/quarantine-replay.command')));
  addReviewCommand(add, quarantine, act, { withDatabase });
  addCutoverCommands(add, program, act);

  const db = program.command('db').description('The target schema.').exitOverride();
  withDatabase(add(db, 'migrate', 'Apply the pending Prisma migrations.', ['sluice db migrate'])).action(
    act(() => import('./commands/db-migrate.command')),
  );
  withDatabase(
    add(db, 'status', 'Which Prisma migrations are applied and which are pending.', ['sluice db status --json']),
  ).action(act(() => import('./commands/db-status.command')));

  addBackupCommands(add, program, act, { withSource, withServers, withDatabase });
  addCacheCommands(add, program, act);
  addKeysCommands(add, program, act);

  withDatabase(
    add(program, 'report', 'The report of the last migration or verification.', [
      'sluice report',
      'sluice report --format html > report.html',
    ]),
  )
    .addOption(
      new Option('--format <format>', 'how to write it')
        .choices(['markdown', 'html', 'json'])
        .default('markdown')
        .conflicts('json'),
    )
    .action(act(() => import('./commands/report.command')));

  withServers(
    withSource(
      add(program, 'doctor', 'Check this machine, the servers and the legacy files; says what to mend.', [
        'sluice doctor',
      ]),
    ),
  )
    .option('--corpus-redis-url <url>', 'Redis for corpora; without it --redis-url (CORPUS_REDIS_URL)')
    .action(act(() => import('./commands/doctor.command')));

  add(program, 'sample <dir>', 'Make a legacy tree of any size from a seed, in the exact legacy shapes.', [
    'sluice sample ./legacy',
    'sluice sample ./legacy --rows 1000000 --seed 7 --no-hazards',
    'sluice sample ./legacy --table llm_requests=2000000 --table ai_recommendations=300000',
  ])
    .option('--seed <number>', 'the same seed and size give the same bytes', '1')
    .option('--rows <number>', 'rows over all tables, about', '20000')
    .option('--table <name=rows>', 'the rows of one table', collect)
    .option('--no-hazards', 'plant no awkward values')
    .option('--second-place', 'put the recommendations where a process with another working directory left them')
    .option('--force', 'write into a directory that is not empty')
    .action(act(() => import('./commands/sample.command')));

  withServers(
    withSource(
      add(program, 'start', 'The main job: database, migration, verification and the API, in one go.', [
        'sluice start',
        'sluice start --legacy ./legacy --port 8080',
        'sluice start --state-dir ~/.sluice',
      ]),
    ),
  )
    .option('--choose <column=reading>', 'read a mislabelled time column: as-labelled, proven or all', collect)
    .option('--port <number>', 'the port of the API (PORT)')
    .option('--state-dir <dir>', 'where its own servers and the sample are kept (SLUICE_STATE_DIR)')
    .action(act(() => import('./commands/start.command')));

  return program;
}

/**
 * An option whose value is missing takes the one that follows it for its value, and a shell makes an empty word of a variable
 * that is not set. Throws as the parser does.
 */
function refuseNoValue(command: Command): void {
  const refuse = (what: string): never =>
    command.error(`error: ${what}`, { exitCode: exitCodes.usage, code: 'commander.optionMissingArgument' });
  const isNone = (text: unknown): boolean =>
    text === '' || (typeof text === 'string' && command.options.some(({ long }) => long === text.split('=', 1)[0]));
  for (const option of command.options) {
    const taken: unknown = [command.getOptionValue(option.attributeName())].flat().find(isNone);
    if (taken === undefined) continue;
    refuse(
      `option '${option.flags}' argument missing: ${taken === '' ? 'it is empty' : `'${String(taken)}' is an option itself`}`,
    );
  }
  const empty = command.args.indexOf('');
  // The last one may take several words.
  const argument = command.registeredArguments[empty] ?? command.registeredArguments.at(-1);
  if (empty >= 0) refuse(`argument '${argument?.name() ?? ''}' is empty`);
}

const only = ['--only <table>', 'this table alone; may be given more than once', collect] as const;

const takenBy = (command: Command): string[] => command.options.map((option) => option.attributeName());

const withSource = (command: Command): Command =>
  command
    .option('--legacy <dir>', "the legacy backend's root folder (LEGACY_DIR)")
    .option(
      '--legacy-zone <zone>',
      "the legacy server's zone, for times that carry none: Asia/Kolkata or UTC (LEGACY_ZONE)",
    )
    .option('--working-dir <dir>', 'another folder in which the legacy process ran and left its cache/', collect)
    .option('--file <table=path>', 'take a table from this file', collect)
    .option(...only)
    .option('--required', 'a missing legacy file is an error');

const withDatabase = (command: Command): Command => command.option('--database-url <url>', 'PostgreSQL (DATABASE_URL)');

const withServers = (command: Command): Command =>
  withDatabase(command).option('--redis-url <url>', 'Redis for caches (REDIS_URL)');

const withReport = (command: Command): Command =>
  command.option('--report-dir <dir>', 'also write the report to <dir>/<run-id>.json, .md and .html');

const withTuning = (command: Command): Command =>
  command
    .addOption(
      new Option('--progress <how>', 'how to show the work on standard error')
        .choices(['auto', 'bar', 'lines', 'json', 'none'])
        .default('auto'),
    )
    .addOption(
      new Option('--lane <lane>', 'the way of the rows').choices(['auto', 'pages', 'sql', 'exact']).default('auto'),
    )
    .option('--offline', 'the legacy program is stopped: read its files in place, however long it takes');

/** Help and version end with 0. Commander has already said on standard error what is wrong with the words. */
function afterParsing({ code, exitCode, message }: CommanderError, json: boolean): number {
  if (exitCode === 0) return exitCodes.done;
  const text = code === 'commander.help' ? 'No command is given.' : message.replace(/^error: /, '');
  if (json) printError({ code: 'CLI_USAGE', message: text, exitCode: exitCodes.usage });
  return exitCodes.usage;
}

const printError = (error: { code: string; message: string; remedy?: string | undefined; exitCode: number }): void =>
  void process.stdout.write(`${JSON.stringify({ error })}\n`);

/** Says what went wrong on standard error, and as JSON on standard output where a script asked for it. */
async function reportFailure(error: unknown, json: boolean, stoppedBy: number): Promise<number> {
  const { messageOf } = await import('@sluice/core');
  const known = error instanceof DomainError;
  const exitCode = !known ? 1 : error.kind === 'interrupted' ? stoppedBy : exitCodeOfKind(error.kind);
  const code = known ? error.code : 'INTERNAL';
  const remedy = known ? error.remedy : undefined;
  if (json) printError({ code, message: messageOf(error), remedy, exitCode });
  process.stderr.write(`sluice: ${messageOf(error)} [${code}]\n${remedy ? `  ${remedy}\n` : ''}`);
  if (!known && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  return exitCode;
}

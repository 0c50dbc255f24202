import type { CacheStore } from '@sluice/cache';
import { requireDatabaseUrl } from '@sluice/config';
import { systemClock } from '@sluice/core';
import {
  migrationDefaults,
  runMigration,
  type Choices,
  type LabelReading,
  type LegacyTable,
  type MigrationOptions,
  type MigrationReport,
  type SourceOptions,
} from '@sluice/migration';
import { tradingTables } from '@sluice/trading-legacy';
import { openStore } from './cache';
import { UsageError } from './cli.errors';
import { pairs, requireLegacyDir, wholeNumber, type Context } from './context';
import { bigintAsText, createProgress } from './output/progress';
import { formatReport } from './output/report-table';
import { writeReportFiles } from './report-files';
import { makeWritable } from './writable-folder';

/** The mappings that a command works on: all, or those that `--only` names, in their own order, parents first. */
export function chosenTables({ options: { only } }: Context): readonly LegacyTable[] {
  if (only === undefined) return tradingTables;
  const names = tradingTables.map(({ name }) => name);
  const stranger = only.find((name) => !names.includes(name));
  if (stranger !== undefined) {
    throw new UsageError(`There is no table "${stranger}".`, { remedy: `The tables are: ${names.join(', ')}.` });
  }
  return tradingTables.filter(({ name }) => only.includes(name));
}

export function sourceOptions(context: Context): SourceOptions {
  const { options } = context;
  return {
    root: requireLegacyDir(context),
    workingDirs: options.workingDir ?? [],
    files: pairs('file', options.file),
    required: options.required ?? false,
    zone: context.settings.legacyZone,
  };
}

/** The named readings of mislabelled columns; a name that no chosen mapping offers is a usage error. */
export function chosenReadings(context: Context): Choices {
  const { options } = context;
  const readings = ['as-labelled', 'proven', 'all'];
  const offered = chosenTables(context).flatMap(({ name, choices }) =>
    choices.map(({ column }) => `${name}.${column}`),
  );
  const chosen = pairs('choose', options.choose);
  for (const [column, reading] of Object.entries(chosen)) {
    if (!offered.includes(column) || !readings.includes(reading)) {
      throw new UsageError(`--choose does not know "${column}=${reading}".`, {
        remedy:
          offered.length === 0
            ? 'No chosen table has a column that can be read in more than one way.'
            : `Columns: ${offered.join(', ')}. Readings: ${readings.join(', ')}.`,
      });
    }
  }
  return chosen as Record<string, LabelReading>;
}

/**
 * The cache that rows of cache tables go to; null without a Redis, because this process's memory ends with it. Throws a usage
 * error where nothing but cache tables is asked for: to defer all of them would be a success that did nothing.
 */
export async function openCache(context: Context): Promise<CacheStore | null> {
  const url = context.settings.redisUrl;
  if (url) return openStore(url);
  const tables = chosenTables(context);
  if (tables.some(({ target }) => target.kind !== 'cache')) return null;
  throw new UsageError(`${tables.map(({ name }) => name).join(', ')} goes to Redis, and none is given.`, {
    remedy: 'Add --redis-url redis://HOST:6379/0, or set REDIS_URL.',
  });
}

/** Runs `migrate` or `verify`, prints the report, and gives the exit code. */
export async function runAndReport(command: 'migrate' | 'verify', context: Context): Promise<number> {
  const report = await runShown(command, context);
  context.print(context.options.json ? JSON.stringify(report, bigintAsText, 2) : formatReport(report));
  return report.exitCode;
}

/** Runs `migrate` or `verify` and shows its progress; its report also goes to the files that were asked for. */
export async function runShown(
  command: 'migrate' | 'verify',
  context: Context,
  over: Partial<MigrationOptions> = {},
): Promise<MigrationReport> {
  const { options } = context;
  if (options.reportDir !== undefined) makeWritable('--report-dir', options.reportDir);
  const progress = createProgress(options.progress ?? 'auto');
  const cache = over.cache === undefined ? await openCache(context) : over.cache;
  try {
    const report = await runMigration(command, {
      ...migrationOptions(context),
      onEvent: progress.onEvent,
      ...over,
      cache,
    });
    progress.end();
    if (options.reportDir !== undefined) await writeReportFiles(context, options.reportDir);
    return report;
  } finally {
    progress.end();
    if (over.cache === undefined) await cache?.close();
  }
}

/** What every piece of work on the files and the target is told. */
export const workOptions = (context: Context) => ({
  ...sourceOptions(context),
  ...{ tables: chosenTables(context), known: tradingTables, holder: context.holder, signal: context.signal },
  ...{ connectionString: requireDatabaseUrl(context.settings).reveal(), clock: systemClock },
});

function migrationOptions(context: Context): Omit<MigrationOptions, 'cache' | 'onEvent'> {
  const { options } = context;
  return {
    ...workOptions(context),
    version: context.version,
    choices: chosenReadings(context),
    lane: options.lane ?? 'auto',
    snapshot: options.offline ? 'in-place' : 'auto',
    rangeBytes:
      options.rangeBytes === undefined
        ? migrationDefaults.rangeBytes
        : wholeNumber('--range-bytes', options.rangeBytes, 1),
    restart: options.restart ?? false,
    salvage: options.salvage ?? false,
    maxRate: options.maxRate === undefined ? undefined : wholeNumber('--max-rate', options.maxRate, 1),
  };
}

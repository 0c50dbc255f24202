import { requireDatabaseUrl, type SecretUrl } from '@sluice/config';
import { systemClock } from '@sluice/core';
import {
  auditFault,
  chosenDomains,
  follow,
  type CutoverOptions,
  type CutoverStatus,
  type Domain,
  type Probes,
} from '@sluice/migration';
import { reportRole } from '@sluice/redis';
import { tradingDomains, tradingTables, tradingWriteBacks } from '@sluice/trading-legacy';
import { UsageError } from './cli.errors';
import { wholeNumber, type Context } from './context';
import { exitCodes } from './exit-codes';
import { sourceOptions } from './migration';
import { readSchemaState } from './schema-state';

/** How long a rollback or a close waits for the last writes on their way into the files. */
const WAIT_SECONDS = 60;

/** All domains, or those of `--domain`. A command that changes something asks for a choice. */
export function domainsOf({ options }: Context, isChange = false): readonly Domain[] {
  const names = options.domain ?? [];
  if (isChange && names.length === 0 && !options.all)
    throw new UsageError('No domain is given.', {
      remedy: `Add --all, or --domain NAME: ${tradingDomains.map(({ name }) => name).join(', ')}.`,
    });
  if (options.all && names.length > 0) throw new UsageError('--all and --domain exclude each other.');
  return chosenDomains(tradingDomains, names);
}

/** What gates ask of the servers, once per command. A Redis that is one of the two roles only by default is judged by its own. */
export function probesOf(context: Context): Probes {
  let schema: ReturnType<Probes['schema']> | undefined;
  let redis: ReturnType<Probes['redis']> | undefined;
  return {
    schema: () => (schema ??= readSchemaState(context, 'cutover')),
    redis: () => (redis ??= rolesOf(context)),
  };
}

function rolesOf({ settings }: Context): ReturnType<Probes['redis']> {
  const { redisUrl, corpusRedisUrl } = settings;
  const isOwn = corpusRedisUrl !== undefined && corpusRedisUrl !== redisUrl;
  const ask = async (url: SecretUrl, role: 'cache' | 'corpus') => ({ role, ...(await reportRole(url.reveal(), role)) });
  return Promise.all([
    ...(redisUrl ? [ask(redisUrl, 'cache')] : []),
    ...(isOwn ? [ask(corpusRedisUrl, 'corpus')] : []),
  ]);
}

/** Whose act it is; a name that people know, because it is evidence. */
export function personOf({ options }: Context): string {
  const name = options.by?.trim() ?? '';
  if (name === '' || name.length > 60) throw new UsageError('--by takes a name of at most 60 characters.');
  return name;
}

/** Caches have no mode: nothing of them is carried back. */
const inPostgres = tradingTables.filter(({ target }) => target.kind === 'postgres');

export function cutoverOptions(context: Context): CutoverOptions {
  const { options, settings, signal, holder } = context;
  const connectionString = requireDatabaseUrl(settings).reveal();
  return {
    ...sourceOptions(context),
    ...{ known: tradingTables, connectionString, holder, signal, probes: probesOf(context) },
    ...{ by: personOf(context), reason: options.reason ?? 'none given', domains: domainsOf(context, true) },
    waitMs: 1000 * (options.wait === undefined ? WAIT_SECONDS : wholeNumber('--wait', options.wait, 1)),
    carry: async (until) => {
      await follow({
        ...sourceOptions(context),
        ...{ tables: inPostgres, known: tradingTables, connectionString, holder, signal: until, clock: systemClock },
        ...{ cache: null, history: null, once: true, recheck: false },
        writeBacks: tradingWriteBacks,
        onEvent: (event) => void (event.type === 'note' && context.log(event.text)),
      });
    },
  };
}

/** Refused while a gate of a next step is shut, so that a script may wait for it; and where nobody can rely on the audit log. */
export const exitCodeOfStatus = (statuses: readonly CutoverStatus[]): number =>
  statuses.some(({ next, brokenAudit }) => next?.gates.some(({ passed }) => !passed) || brokenAudit?.length !== 0)
    ? exitCodes.refused
    : exitCodes.done;

/** Beside whatever was asked for, of every domain and of none. */
export function tellBrokenAudit(context: Context, broken: readonly string[]): void {
  if (broken.length > 0) context.log(auditFault(broken));
}

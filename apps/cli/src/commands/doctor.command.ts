import { access, constants, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DomainError, messageOf } from '@sluice/core';
import { auditFault, auditState, checkEncoding, findSources } from '@sluice/migration';
import { reportRole, type RoleReport } from '@sluice/redis';
import { findRedisServer } from '@sluice/servers';
import { tradingTables } from '@sluice/trading-legacy';
import { openStore } from '../cache';
import { exitCodeOfKind, exitCodes } from '../exit-codes';
import type { Context } from '../context';
import { withDatabase } from '../database';
import { chosenTables, sourceOptions } from '../migration';
import { countOf, formatBytes } from '../output/table';
import { readSchemaState, schemaRemedy } from '../schema-state';

interface Finding {
  readonly check: string;
  readonly state: 'good' | 'note' | 'bad';
  readonly text: string;
  readonly remedy?: string;
  readonly exitCode?: number;
}

const marks = { good: '✓', note: '·', bad: '✗' } as const;

/** Exit 0 when a migration can run; else the code that the migration itself would end with. */
export default async function doctor(context: Context): Promise<number> {
  const checks = [node, postgres, schema, audit, redis, cache, corpus, legacy, disk];
  const findings: Finding[] = [];
  const silent = new Set<string>();
  for (const check of checks) {
    const isAway = silent.has(serverOf(check, context) ?? '');
    const found = isAway ? notSet(check.name, 'not looked at') : await attempt(check, context);
    if (isAway || found.exitCode !== undefined) silent.add(check.name);
    findings.push(found);
  }
  if (context.options.json) context.print(JSON.stringify(findings, null, 2));
  else {
    for (const { check, state, text, remedy } of findings) {
      context.print(`${marks[state]} ${check.padEnd(10)} ${text}${remedy ? `\n             ${remedy}` : ''}`);
    }
  }
  return findings.find(({ exitCode }) => exitCode !== undefined)?.exitCode ?? exitCodes.done;
}

type Check = (context: Context) => Promise<Finding>;

/** The check that has to be good before this one says anything new. */
function serverOf(check: Check, { settings }: Context): string | null {
  if (check === schema) return 'postgres';
  if (check === audit) return 'schema';
  const isShared = settings.corpusRedisUrl === settings.redisUrl;
  return check === cache || (check === corpus && isShared) ? 'redis' : null;
}

/** A check that throws is a finding, not the end of the examination. */
async function attempt(check: Check, context: Context): Promise<Finding> {
  try {
    return await check(context);
  } catch (error) {
    const known = error instanceof DomainError;
    const exitCode = known ? exitCodeOfKind(error.kind) : exitCodes.refused;
    const finding: Finding = { check: check.name, state: 'bad', text: messageOf(error), exitCode };
    return known && error.remedy ? { ...finding, remedy: error.remedy } : finding;
  }
}

async function node(): Promise<Finding> {
  return { check: 'node', state: 'good', text: `${process.version} on ${process.platform} ${process.arch}` };
}

async function postgres(context: Context): Promise<Finding> {
  if (!context.settings.databaseUrl)
    return notSet('postgres', 'DATABASE_URL is not set; `sluice start` brings its own');
  return withDatabase(context, 'doctor', async (client) => {
    const { rows } = await client.query<{ version: string; size: string; readOnly: boolean }>(
      `SELECT current_setting('server_version') AS version, pg_database_size(current_database())::text AS size,
         pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS "readOnly"`,
    );
    const { version = '?', size = '0', readOnly = false } = rows[0] ?? {};
    const text = `PostgreSQL ${version}, ${formatBytes(Number(size))}`;
    await checkEncoding(client);
    if (!readOnly) return { check: 'postgres', state: 'good', text };
    return {
      check: 'postgres',
      state: 'bad',
      text: `${text}, read-only`,
      remedy: 'Point DATABASE_URL at the primary server.',
      exitCode: exitCodes.refused,
    };
  });
}

async function schema(context: Context): Promise<Finding> {
  if (!context.settings.databaseUrl) return notSet('schema', 'not looked at');
  const schemaState = await readSchemaState(context, 'doctor');
  const { applied, pending, failed, changed, unknown } = schemaState;
  const remedy = schemaRemedy(schemaState);
  if (remedy === undefined)
    return { check: 'schema', state: 'good', text: `${countOf(applied.length, 'migration')} applied` };
  if (pending.length + failed.length + changed.length === 0) {
    const text = `${countOf(applied.length, 'migration')} applied, ${unknown.length} of them of a newer release`;
    return { check: 'schema', state: 'note', text, remedy };
  }
  const text = `${countOf(pending.length, 'migration')} pending, ${failed.length} failed, ${changed.length} changed since they were applied`;
  return { check: 'schema', state: 'bad', text, remedy, exitCode: exitCodes.refused };
}

async function audit(context: Context): Promise<Finding> {
  if (!context.settings.databaseUrl) return notSet('audit', 'not looked at');
  const { broken, open } = await withDatabase(context, 'doctor', auditState);
  if (open.length > 0) {
    const remedy = 'Look into it: `sluice cutover audit`.';
    return { check: 'audit', state: 'bad', text: auditFault(open), remedy, exitCode: exitCodes.refused };
  }
  if (broken.length === 0) return { check: 'audit', state: 'good', text: 'whole' };
  return { check: 'audit', state: 'note', text: `broken at ${broken.join(', ')}, which somebody has looked into` };
}

async function redis({ settings }: Context): Promise<Finding> {
  if (!settings.redisUrl) {
    const program = findRedisServer(settings.searchPath);
    return notSet(
      'redis',
      `REDIS_URL is not set; ${program ? `\`sluice start\` would use ${program}` : 'caches would live in the process'}`,
    );
  }
  const store = await openStore(settings.redisUrl);
  try {
    await store.ping();
    return { check: 'redis', state: 'good', text: settings.redisUrl.toString() };
  } finally {
    await store.close();
  }
}

async function cache({ settings }: Context): Promise<Finding> {
  if (!settings.redisUrl) return notSet('cache', 'not looked at');
  return roleFinding('cache', await reportRole(settings.redisUrl.reveal(), 'cache'));
}

/** Until something is kept there, a corpus that shares the Redis of the caches is advised against, not refused. */
async function corpus({ settings }: Context): Promise<Finding> {
  const { corpusRedisUrl: url } = settings;
  if (!url) return notSet('corpus', 'not looked at');
  const report = await reportRole(url.reveal(), 'corpus');
  if (url !== settings.redisUrl || report.worst !== 'error') return roleFinding('corpus', report);
  return {
    check: 'corpus',
    state: 'note',
    text: `CORPUS_REDIS_URL is not set, and REDIS_URL does not suit a corpus: ${report.text}`,
    remedy: 'Set CORPUS_REDIS_URL to a Redis with maxmemory-policy noeviction and appendonly yes.',
  };
}

function roleFinding(check: 'cache' | 'corpus', { worst, text, remedy }: RoleReport): Finding {
  const state = { ok: 'good', warning: 'note', error: 'bad' } as const;
  return {
    check,
    state: state[worst],
    text,
    ...(remedy ? { remedy } : {}),
    ...(worst === 'error' ? { exitCode: exitCodes.refused } : {}),
  };
}

async function legacy(context: Context): Promise<Finding> {
  if (!context.settings.legacyDir) return notSet('legacy', 'LEGACY_DIR is not set; `sluice start` makes a sample');
  const { files, missing } = findSources({
    ...sourceOptions(context),
    tables: chosenTables(context),
    known: tradingTables,
  });
  const found = [...new Set(files.map(({ file }) => path.basename(file)))].join(', ') || 'no legacy database';
  const text = missing.length === 0 ? found : `${found}; not found: ${countOf(missing.length, 'table')}`;
  return { check: 'legacy', state: files.length > 0 ? 'good' : 'note', text };
}

const LEAST_FREE_BYTES = 1024 ** 3;

/** Where the private copies of legacy files are made: all of a run exist at a time. */
async function disk(): Promise<Finding> {
  const dir = tmpdir();
  const bad = (text: string, remedy: string): Finding => ({ check: 'disk', state: 'note', text, remedy });
  try {
    await access(dir, constants.W_OK);
  } catch {
    return bad(`${dir}: cannot be written to`, 'Name a folder for private copies of legacy files in TMPDIR.');
  }
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  const text = `${formatBytes(free)} free in ${dir}`;
  if (free >= LEAST_FREE_BYTES) return { check: 'disk', state: 'good', text };
  return bad(text, 'Private copies of large legacy files may not fit: name a folder with more room in TMPDIR.');
}

const notSet = (check: string, text: string): Finding => ({ check, state: 'note', text });

import { createHash } from 'node:crypto';
import { lstatSync, rmSync, statSync } from 'node:fs';
import type { Client } from 'pg';
import { listDomains, type Domain } from '../domains';
import type { SourceSearch } from '../inspect';
import { appendAudit } from '../state/audit';
import { ArchiveNotClosedError, OriginalsKeptError } from './backup.errors';
import type { BackupOptions } from './backup-options';
import { listBackups, type BackupRecord } from './backup-record';
import { withBackupRight } from './backup-right';
import { createBackup, type CreateOptions, type TakenBackup } from './create-backup';
import type { FoundBackup, SavedFile } from './manifest';
import { planLegacy, withContent, type KnownFile } from './save-legacy';
import { unseenWrites } from './unseen-writes';
import { checkBackup, openRecorded, rehearseBackup } from './use-backup';

/** Throws `ARCHIVE_NOT_CLOSED` where a domain is in any mode but `new`, or has none. */
export async function assertClosed(client: Client, domains: readonly Domain[]): Promise<void> {
  const states = new Map((await listDomains(client)).map(({ name, mode }) => [name, mode]));
  const names = [...new Set([...domains.map(({ name }) => name), ...states.keys()])];
  const open = names.filter((name) => states.get(name) !== 'new');
  if (open.length > 0)
    throw new ArchiveNotClosedError(open.map((name) => `${name} (${states.get(name) ?? 'without a mode'})`));
}

type ArchiveOptions = Omit<CreateOptions, 'kind' | 'migrationsDir'> & { readonly domains: readonly Domain[] };

/** Saves all known legacy files for good, and restores them once as a trial. Throws `ARCHIVE_NOT_CLOSED`, and what a backup throws. */
export async function createArchive(options: ArchiveOptions): Promise<TakenBackup> {
  await withBackupRight(options, (client) => assertClosed(client, options.domains));
  const taken = await createBackup({ ...options, kind: 'archive', migrationsDir: '' });
  await rehearseBackup(taken.manifest.id, options);
  return taken;
}

export interface RemovalOptions extends BackupOptions {
  readonly sources: SourceSearch;
  readonly domains: readonly Domain[];
}

/** What would be removed, and the archive that has it. */
export interface Removal {
  readonly archive: BackupRecord;
  /** Absolute, each with what SQLite left beside it. */
  readonly files: readonly { readonly file: string; readonly bytes: number }[];
  /** In the archive, and not there any more. */
  readonly gone: readonly string[];
}

/**
 * Says what `removeOriginals` would remove; changes nothing. Throws `ARCHIVE_ORIGINALS_KEPT` with every reason where the newest
 * archive was not restored as a trial, is damaged, or does not hold the files as they are now, and where nobody has looked at
 * what the legacy program has written last.
 */
export const planRemoval = (options: RemovalOptions): Promise<Removal> =>
  withBackupRight(options, (client) => plan(client, options).then(({ removal }) => removal));

/** Removes the legacy files that the newest archive holds as they are; all are compared before the first goes, and nothing goes of which one was written to since. Audited before that. */
export const removeOriginals = (options: RemovalOptions): Promise<Removal> =>
  withBackupRight(options, async (client) => {
    const { removal, stamps } = await plan(client, options);
    refuseWritten(stamps);
    const { archive, files } = removal;
    const note = (action: string, names: readonly string[]): Promise<void> =>
      appendAudit(client, {
        ...{ actor: options.holder, action, subject: options.sources.root },
        detail: { archive: archive.id, files: names },
      });
    await note('archive.originals-removed', files.map(({ file }) => file)); // prettier-ignore
    try {
      refuseWritten(stamps); // Whoever holds the audit log was waited for.
    } catch (error) {
      await note('archive.originals-kept', []);
      throw error;
    }
    for (const { file } of removal.files) rmSync(file, { force: true });
    return removal;
  });

/** Not a moment may pass between this and the removal. */
function refuseWritten(stamps: ReadonlyMap<string, string>): void {
  const written = [...stamps].filter(([file, stamp]) => stampOf(file) !== stamp).map(([file]) => file);
  if (written.length > 0) throw new OriginalsKeptError(written.map((file) => `${file} was written to just now`));
}

interface Plan {
  readonly removal: Removal;
  /** Of each file, as it was before it was compared. */
  readonly stamps: ReadonlyMap<string, string>;
}

async function plan(client: Client, options: RemovalOptions): Promise<Plan> {
  await assertClosed(client, options.domains);
  const archive = (await listBackups(client)).find(({ kind }) => kind === 'archive');
  if (!archive) throw new OriginalsKeptError(['there is no archive of them']);
  if (!archive.restoredAt)
    throw new OriginalsKeptError([`the archive ${archive.id} was never restored whole as a trial`]);
  const found = await openRecorded(client, archive.id);
  await checkBackup(found, options);
  const known = planLegacy({ ...options.sources, required: false }).files;
  const stamps = new Map(known.map(({ origin }) => [origin, stampOf(origin)]));
  const reasons = [
    ...(await differences(known, found, options.signal)),
    ...(await unseenWrites(client, known, options.signal)),
  ];
  if (reasons.length > 0) throw new OriginalsKeptError(reasons);
  const files = known.flatMap(({ origin, family }) => (family ? [origin] : [origin, ...besides(origin)]));
  const gone = savedFiles(found).map(({ origin }) => origin).filter((origin) => !stamps.has(origin)); // prettier-ignore
  return { removal: { archive, files: files.map((file) => ({ file, bytes: statSync(file).size })), gone }, stamps };
}

const savedFiles = ({ manifest }: FoundBackup): readonly SavedFile[] => manifest.legacy?.files ?? [];

/** Every reason at once: an operator mends them all. */
async function differences(known: readonly KnownFile[], found: FoundBackup, signal: AbortSignal): Promise<string[]> {
  const saved = new Map(savedFiles(found).map((file) => [file.origin, file]));
  const reasons: string[] = [];
  for (const file of known) {
    const kept = saved.get(file.origin);
    if (!kept) reasons.push(`${file.origin} is not in the archive ${found.manifest.id}`);
    else if ((await sha256Now(file, signal)) !== kept.data.rawSha256)
      reasons.push(`${file.origin} has changed since it was archived`);
  }
  return reasons;
}

const sha256Now = (file: KnownFile, signal: AbortSignal): Promise<string> =>
  withContent(file, signal, ({ chunks }) => {
    const hash = createHash('sha256');
    for (const chunk of chunks) hash.update(chunk);
    return Promise.resolve(hash.digest('hex'));
  });

/** What SQLite keeps beside a database: the log's rows are in the archive, because it holds the file with its log. */
const besides = (file: string): string[] =>
  ['-wal', '-shm', '-journal']
    .map((suffix) => `${file}${suffix}`)
    .filter((place) => lstatSync(place, { throwIfNoEntry: false })?.isFile());

function stampOf(file: string): string {
  const stamps = [file, `${file}-wal`].map((place) => statSync(place, { bigint: true, throwIfNoEntry: false }));
  return stamps.map((stat) => (stat ? `${stat.ino} ${stat.size} ${stat.mtimeNs}` : '-')).join(' ');
}

import { statSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '@sluice/core';
import { BackupNotFoundError } from '../../backup/backup.errors';
import { isOf, tagOf } from '../../backup/backup-options';
import { partsOf, readManifest } from '../../backup/manifest';
import { markDatedAhead } from '../../state/dated-ahead';
import { open, shut, type Gate } from '../gate';

const KINDS = ['postgres', 'legacy'] as const;
const MAKE = 'Run `sluice backup create`, then `sluice backup rehearse ID`.';

interface Backup {
  readonly id: string;
  readonly kind: string;
  readonly path: string;
  readonly sha256: string;
  readonly takenAt: Date;
  readonly ageHours: number;
  readonly restored: boolean;
  /** Of a time to come when somebody looked: nobody knows how old it is. */
  readonly isAhead: boolean;
}

/** Its files are looked at where it is asked: a backup that cannot be seen from there brings nothing back there. */
export const backupGate: Gate = {
  name: 'backup',
  about:
    'PostgreSQL and the legacy files have a recent backup with checksums that was restored once, and is still there',
  before: ['dual', 'cutover', 'new'],
  isAskedAgain: false,
  async check({ client, policy }) {
    await markDatedAhead(client);
    const { rows } = await client.query<Backup>(
      `SELECT id, kind, path, sha256, taken_at AS "takenAt", restored_at IS NOT NULL AS restored,
         dated_ahead AS "isAhead", extract(epoch FROM clock_timestamp() - taken_at)::float8 / 3600 AS "ageHours"
         FROM migration_backups WHERE length(sha256) = 64 ORDER BY "isAhead", restored_at IS NOT NULL DESC, taken_at DESC`,
    );
    const tag = await tagOf(client);
    const judged = KINDS.map((kind) => {
      const all = rows.filter((row) => row.kind === kind);
      const own = all.filter(({ id }) => isOf(id, tag));
      return { kind, ...judge(own, all.length - own.length, policy.backupMaxAgeHours) };
    });
    const wrong = judged.flatMap(({ kind, why }) => (why === null ? [] : [why === '' ? `none of ${kind}` : `that of ${kind} ${why}`])); // prettier-ignore
    if (wrong.length > 0) return shut(wrong.join(', '), MAKE);
    return open(
      judged.map(({ kind, backup }) => `${kind} of ${backup?.takenAt.toISOString().slice(0, 16)}Z`).join(', '),
    );
  },
};

/** The newest one that counts, or why the newest of them does not; an empty text where there is none. */
function judge(
  backups: readonly Backup[],
  ofOthers: number,
  mostHours: number,
): { backup?: Backup; why: string | null } {
  const [newest] = backups;
  if (!newest) return { why: ofOthers > 0 ? 'is of another database' : '' };
  if (newest.isAhead) return { why: 'is of a time that was still to come: the clock was set back since' };
  if (!newest.restored) return { why: 'was never restored' };
  if (newest.ageHours > mostHours) return { why: `is ${Math.floor(newest.ageHours)} h old` };
  const young = backups.filter(({ restored, isAhead, ageHours }) => restored && !isAhead && ageHours <= mostHours);
  const backup = young.find((one) => whyNotThere(one) === null);
  return backup ? { backup, why: null } : { why: whyNotThere(newest) };
}

/** Null where it is as it was recorded, as far as that is known without reading all of it. */
function whyNotThere({ path: folder, sha256 }: Backup): string | null {
  try {
    const { manifest } = readManifest(folder, sha256);
    const lost = partsOf(manifest).find(({ file, bytes }) => sizeOf(path.join(folder, file)) !== bytes);
    return lost ? `is damaged: ${lost.file} in ${folder} is not what was written` : null;
  } catch (error) {
    return error instanceof BackupNotFoundError
      ? `cannot be seen from here, in ${folder}`
      : `cannot be relied on: ${messageOf(error)}`;
  }
}

const sizeOf = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.size;

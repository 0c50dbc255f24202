import { open, shut, type Gate } from '../gate';

const KINDS = ['postgres', 'legacy'] as const;
const MAKE = 'Run `sluice backup create`, then `sluice backup rehearse ID`.';

export const backupGate: Gate = {
  name: 'backup',
  about: 'PostgreSQL and the legacy files have a recent backup with checksums that was restored once',
  before: ['dual', 'cutover', 'new'],
  isAskedAgain: true,
  async check({ client, policy }) {
    const { rows } = await client.query<{ kind: string; takenAt: Date; ageHours: number; restored: boolean }>(
      `SELECT DISTINCT ON (kind) kind, taken_at AS "takenAt", restored_at IS NOT NULL AS restored,
         extract(epoch FROM clock_timestamp() - taken_at)::float8 / 3600 AS "ageHours"
         FROM migration_backups WHERE length(sha256) = 64
        ORDER BY kind, restored_at IS NOT NULL DESC, taken_at DESC`,
    );
    const newest = new Map(rows.map((row) => [row.kind, row]));
    const wrong = KINDS.flatMap((kind) => {
      const backup = newest.get(kind);
      if (!backup) return [`none of ${kind}`];
      if (!backup.restored) return [`that of ${kind} was never restored`];
      return backup.ageHours > policy.backupMaxAgeHours ? [`that of ${kind} is ${Math.floor(backup.ageHours)} h old`] : []; // prettier-ignore
    });
    if (wrong.length > 0) return shut(wrong.join(', '), MAKE);
    return open(KINDS.map((kind) => `${kind} of ${newest.get(kind)!.takenAt.toISOString().slice(0, 16)}Z`).join(', '));
  },
};

import type { Client } from 'pg';
import { appendAuditWithin } from '../state/audit';
import { inTransaction } from '../state/transaction';

export type BackupKind = 'postgres' | 'legacy' | 'archive';

/** One part of a backup as the database knows it. */
export interface BackupRecord {
  readonly id: string;
  readonly kind: BackupKind;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly files: number;
  readonly version: string;
  readonly takenAt: Date;
  readonly takenBy: string;
  /** When a trial last brought it back whole; null before the first, and when a later one failed. */
  readonly restoredAt: Date | null;
  readonly restoredBy: string | null;
}

const COLUMNS = `id, kind, path, sha256, bytes::float8 AS bytes, files, version, taken_at AS "takenAt", taken_by AS "takenBy",
  restored_at AS "restoredAt", restored_by AS "restoredBy"`;

/** Newest first. */
export async function listBackups(client: Client): Promise<BackupRecord[]> {
  const { rows } = await client.query<BackupRecord>(
    `SELECT ${COLUMNS} FROM migration_backups ORDER BY taken_at DESC, id DESC, kind DESC`,
  );
  return rows;
}

/** The parts of one backup; none where it is not of this database. */
export async function findBackup(client: Client, id: string): Promise<BackupRecord[]> {
  const { rows } = await client.query<BackupRecord>(
    `SELECT ${COLUMNS} FROM migration_backups WHERE id = $1 ORDER BY kind DESC`,
    [id],
  );
  return rows;
}

/** Within the caller's transaction. */
export async function recordWithin(client: Client, records: readonly BackupRecord[], actor: string): Promise<void> {
  for (const { id, kind, path, sha256, bytes, files, version, takenAt, takenBy } of records) {
    await client.query(
      `INSERT INTO migration_backups (id, kind, path, sha256, bytes, files, version, taken_at, taken_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, least($8, clock_timestamp()), $9)`, // The clock of this host may be ahead.
      [id, kind, path, sha256, bytes, files, version, takenAt, takenBy],
    );
  }
  const [first] = records;
  if (!first) return;
  const parts = records.map(({ kind, bytes, files }) => ({ kind, bytes, files }));
  const detail = { folder: first.path, sha256: first.sha256, parts };
  await appendAuditWithin(client, {
    actor,
    action: first.kind === 'archive' ? 'archive.created' : 'backup.created',
    subject: first.id,
    detail,
  });
}

/** A trial restore has succeeded. */
export const noteRestored = (client: Client, id: string, actor: string, way: string): Promise<void> =>
  inTransaction(client, async () => {
    await client.query('UPDATE migration_backups SET restored_at = now(), restored_by = $2 WHERE id = $1', [id, actor]);
    await appendAuditWithin(client, { actor, action: 'backup.rehearsed', subject: id, detail: { into: way } });
  });

/** It is not to be relied on, whatever an earlier trial has shown. */
export const noteDamaged = (client: Client, id: string, actor: string, why: string): Promise<void> =>
  inTransaction(client, async () => {
    await client.query('UPDATE migration_backups SET restored_at = NULL, restored_by = NULL WHERE id = $1', [id]);
    await appendAuditWithin(client, { actor, action: 'backup.damaged', subject: id, detail: { why } });
  });

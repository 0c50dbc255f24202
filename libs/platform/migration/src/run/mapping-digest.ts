import { createHash } from 'node:crypto';
import type { LegacyTable } from '../mapping/legacy-table';

/** Raised when a conversion's rules change, so that an older checkpoint is not resumed under new rules. */
const RULES_VERSION = 1;

/** A hash of everything in a mapping that decides what is loaded. */
export function mappingDigest(table: LegacyTable): string {
  const { name, source, target, columns, dropped, choices } = table;
  const declared = { RULES_VERSION, name, source, target, columns, dropped, choices };
  return createHash('sha256').update(JSON.stringify(declared)).digest('hex');
}

import type { Gate } from '../gate';
import { approvalGate } from './approval.gate';
import { auditGate } from './audit.gate';
import { backupGate } from './backup.gate';
import { copyGate } from './copy.gate';
import { divergencesGate } from './divergences.gate';
import { followGate } from './follow.gate';
import { healthGate } from './health.gate';
import { outboxGate } from './outbox.gate';
import { quarantineGate } from './quarantine.gate';
import { rehearsalGate } from './rehearsal.gate';
import { schemaGate } from './schema.gate';
import { shadowReadsGate } from './shadow-reads.gate';
import { verificationGate } from './verification.gate';

/** In the order in which a person mends them. */
export const GATES: readonly Gate[] = [
  schemaGate,
  healthGate,
  auditGate,
  copyGate,
  verificationGate,
  quarantineGate,
  backupGate,
  followGate,
  outboxGate,
  divergencesGate,
  shadowReadsGate,
  rehearsalGate,
  approvalGate,
];

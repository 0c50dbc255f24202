import { RedisRefusedError } from '../errors';
import { classOfReply } from '../failure-class';
import type { Reply } from './reply';
import type { RespBatch } from './resp';

/**
 * What became of a batch.
 * - `written`: all of it.
 * - `overtaken`: nothing. The guard changed after the batch was asked for: read its values again and load them again.
 * - `refused`: `failures` commands got an error. Under a guard, refused before the transaction (OOM, READONLY) means that
 *   nothing was written; a command that fails by itself (WRONGTYPE) does not undo the others.
 */
export type BatchOutcome<Id> =
  | { readonly id: Id; readonly commands: number; readonly state: 'written' | 'overtaken' }
  | {
      readonly id: Id;
      readonly commands: number;
      readonly state: 'refused';
      readonly failures: number;
      readonly error: RedisRefusedError;
    };

/** One way to the server: it is told that values are going to be read, then gets them. */
export interface Lane {
  /** From its return on a change of the guard is noticed. */
  watch(): Promise<void>;
  /** Also watches the guard again. */
  write<Id>(batch: RespBatch<Id>): Promise<BatchOutcome<Id>>;
  close(): void;
}

/** The first error speaks, unless it only says that an earlier one discarded the transaction. */
export function outcomeOf<Id>({ id, commands }: RespBatch<Id>, replies: readonly Reply[]): BatchOutcome<Id> {
  const errors = replies.flatMap((reply) => (reply.kind === 'error' ? [reply.text] : []));
  const told = errors.filter((text) => !text.startsWith('EXECABORT'));
  const [text] = told.length > 0 ? told : errors;
  if (text === undefined) return { id, commands, state: 'written' };
  const error = new RedisRefusedError(`Redis refused a batch: ${text}`, classOfReply(text));
  return { id, commands, state: 'refused', failures: Math.max(told.length, 1), error };
}

import { DomainError, messageOf } from '@sluice/core';
import type { Client } from 'pg';
import type { Domain, Mode } from '../domains/domain';
import type { DomainState } from '../domains/domain-state';
import type { AuditState } from '../state/audit';
import { expected } from '../state/expected-error';
import { inSavepoint } from '../state/transaction';
import type { CutoverPolicy } from './policy';
import type { Step } from './step';

/** The database's schema against the program's, as lists of migrations. */
export interface SchemaProbe {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  readonly failed: readonly string[];
  readonly changed: readonly string[];
}

/** What a Redis is, against what it is used for. */
export interface RedisProbe {
  /** `cache`, `corpus`. */
  readonly role: string;
  readonly worst: 'ok' | 'warning' | 'error';
  readonly text: string;
  readonly remedy: string | undefined;
}

/** What gates ask that is not in the connection's reach. Each may throw: the gate is shut then. */
export interface Probes {
  readonly schema: () => Promise<SchemaProbe>;
  /** Of each Redis that is given; none where none is. */
  readonly redis: () => Promise<readonly RedisProbe[]>;
}

export interface GateContext {
  readonly client: Client;
  readonly domain: Domain;
  /** Null: the domain has no mode yet. */
  readonly state: DomainState | null;
  readonly step: Step;
  readonly policy: CutoverPolicy;
  readonly probes: Probes;
  /** One look for all gates of all domains that are asked together. */
  readonly audit: () => Promise<AuditState>;
}

export interface Verdict {
  readonly passed: boolean;
  /** What was seen, in one line. */
  readonly evidence: string;
  /** What to do where it is shut; commands in backticks. */
  readonly remedy: string | null;
}

/** One condition of a step. It reads alone, but for the marks of what is dated ahead. */
export interface Gate {
  /** Public and permanent: the runbook has a section of this name. */
  readonly name: string;
  /** What it asks for, as the end of "this gate is open when". */
  readonly about: string;
  /** The steps to these modes ask for it. */
  readonly before: readonly Mode[];
  /** Asks PostgreSQL alone, quickly: asked once more within the transaction that changes the mode. */
  readonly isAskedAgain: boolean;
  check(context: GateContext): Promise<Verdict>;
}

export interface GateResult extends Verdict {
  readonly gate: string;
}

/** `1 row`, `2 rows`. */
export const counted = (count: number | bigint, noun: string): string =>
  `${count} ${noun}${Number(count) === 1 ? '' : 's'}`;

export const open = (evidence: string): Verdict => ({ passed: true, evidence, remedy: null });
export const shut = (evidence: string, remedy: string): Verdict => ({ passed: false, evidence, remedy });

/**
 * A gate that cannot be checked is shut, with why: what is not known is no permission. It is so for itself alone: also within a
 * transaction the next one can be asked. Only a PostgreSQL that is away is thrown, because then nothing at all is known.
 */
export async function evaluate(gate: Gate, context: GateContext): Promise<GateResult> {
  try {
    return { gate: gate.name, ...(await inSavepoint(context.client, () => gate.check(context))) };
  } catch (error) {
    const reason = expected(error);
    const isAway = reason instanceof DomainError && reason.code === 'POSTGRES_UNAVAILABLE';
    if (isAway) throw reason;
    const remedy =
      (reason instanceof DomainError && reason.remedy) || 'Mend what it names; it is asked again each time.';
    return { gate: gate.name, ...shut(`could not be checked: ${messageOf(reason)}`, remedy) };
  }
}

import { DomainError } from '@sluice/core';
import type { Client } from 'pg';
import type { Domain, Mode } from '../domains/domain';
import { countOpenDivergences } from '../domains/divergences';
import { listDomains, type DomainState } from '../domains/domain-state';
import { auditState, type AuditState } from '../state/audit';
import { expected } from '../state/expected-error';
import { UnknownDomainError } from './cutover.errors';
import { evaluate, type GateContext, type GateResult, type Probes } from './gate';
import { GATES } from './gates';
import { readPolicy } from './policy';
import { canRollBack, commandOf, nextMode } from './step';

export interface CutoverParts {
  readonly client: Client;
  /** Those that are asked about. */
  readonly domains: readonly Domain[];
  readonly probes: Probes;
}

/** Where a domain is, and what keeps it from its next step. */
export interface CutoverStatus {
  readonly domain: string;
  readonly tables: readonly string[];
  /** Null: it has no mode yet, and the API writes as it likes. */
  readonly mode: Mode | null;
  readonly epoch: bigint;
  readonly changedAt: Date | null;
  readonly changedBy: string | null;
  readonly reason: string | null;
  readonly canRollBack: boolean;
  /** Rows that the sides do not agree on and nobody has settled; of a closed domain what the legacy program wrote since. */
  readonly openDivergences: number;
  /**
   * Where the audit log is broken, and nobody has looked into it (`AuditState`): it is the same log for every domain. Null: it
   * cannot be read, and the gate `audit` says why.
   */
  readonly brokenAudit: readonly string[] | null;
  /** Null: it is closed. */
  readonly next: { readonly to: Mode; readonly command: string; readonly gates: readonly GateResult[] } | null;
}

/** Changes nothing. A gate that cannot be checked is shut. */
export async function cutoverStatus(parts: CutoverParts): Promise<CutoverStatus[]> {
  const states = new Map((await listDomains(parts.client)).map((state) => [state.name, state]));
  const statuses: CutoverStatus[] = [];
  const audit = auditOf(parts.client);
  const brokenAudit = await openBreaks(audit);
  for (const domain of parts.domains)
    statuses.push(await statusOf({ ...parts, audit, brokenAudit }, domain, states.get(domain.name) ?? null));
  return statuses;
}

/** Reads it once. */
function auditOf(client: Client): () => Promise<AuditState> {
  let look: Promise<AuditState> | undefined;
  return () => (look ??= auditState(client));
}

async function openBreaks(audit: () => Promise<AuditState>): Promise<readonly string[] | null> {
  try {
    return (await audit()).open;
  } catch (error) {
    const reason = expected(error);
    if (!(reason instanceof DomainError) || reason.kind !== 'refused') throw reason;
    return null;
  }
}

async function statusOf(
  parts: CutoverParts & { readonly audit: () => Promise<AuditState>; readonly brokenAudit: readonly string[] | null },
  domain: Domain,
  state: DomainState | null,
): Promise<CutoverStatus> {
  const mode = state?.mode ?? null;
  const to = nextMode(mode);
  const gates = to === null ? [] : await gatesOf(parts, domain, state, to, { audit: parts.audit });
  return {
    ...{ domain: domain.name, tables: domain.tables.map(({ name }) => name), mode, epoch: state?.epoch ?? 0n },
    ...{ changedAt: state?.changedAt ?? null, changedBy: state?.changedBy ?? null, reason: state?.reason ?? null },
    canRollBack: canRollBack(mode),
    openDivergences: await countOpenDivergences(parts.client, domain.name),
    brokenAudit: parts.brokenAudit,
    next: to === null ? null : { to, command: commandOf(domain.name, to), gates },
  };
}

/** The gates of a step, one after another: they share a connection. */
export async function gatesOf(
  { client, probes }: Pick<CutoverParts, 'client' | 'probes'>,
  domain: Domain,
  state: DomainState | null,
  to: Mode,
  { gates = GATES, again = false, audit = auditOf(client) }: { readonly gates?: typeof GATES; readonly again?: boolean; readonly audit?: GateContext['audit'] } = {}, // prettier-ignore
): Promise<GateResult[]> {
  const policy = await readPolicy(client);
  const context: GateContext = {
    client,
    domain,
    state,
    step: { from: state?.mode ?? null, to },
    policy,
    probes,
    audit,
  };
  const results: GateResult[] = [];
  for (const gate of gates.filter(({ before, isAskedAgain }) => before.includes(to) && (!again || isAskedAgain)))
    results.push(await evaluate(gate, context));
  return results;
}

/** All domains, or those with these names. Throws `CUTOVER_UNKNOWN_DOMAIN`. */
export function chosenDomains(all: readonly Domain[], names: readonly string[]): readonly Domain[] {
  const unknown = names.find((name) => !all.some((domain) => domain.name === name));
  if (unknown !== undefined) throw new UnknownDomainError(unknown, all.map(({ name }) => name)); // prettier-ignore
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@sluice/core';
import type { Client } from 'pg';
import type { Domain, Mode } from '../domains/domain';
import { moveDomains } from '../domains/domain-ids';
import { ModeBusyError, ModeChangedError } from '../domains/domain.errors';
import { listDomains, type DomainState, type ModeChange } from '../domains/domain-state';
import { appendAuditWithin } from '../state/audit';
import { withRight, type Right } from '../state/lock';
import { InterruptedError } from '../state/migration.errors';
import { assertFollowed, filesOf } from './followed-file';
import { refuseUncarried, StillUnderWay, stuck, waitUntilCarried, type CarryOptions } from './carried';
import { compareAhead, type Ahead } from './compare-ahead';
import { compareWithFile, type CompareOptions } from './compare-file';
import { CutoverLockHeldError, GatesShutError, NoSuchStepError } from './cutover.errors';
import { gatesOf } from './cutover-status';
import type { Gate, GateResult, Probes } from './gate';
import { GATES } from './gates';
import { canRollBack, nextMode } from './step';

/** One operator at a time changes modes. */
export const TO_CUT_OVER: Right = { lock: 3, refuse: (holder) => new CutoverLockHeldError(holder) };

/** The points between which a process may end. */
export type CutoverPoint = 'locked' | 'checked' | 'fenced' | 'changing' | 'changed';

export interface CutoverOptions extends CompareOptions, CarryOptions {
  /** Of this process, for whoever is refused because of it. */
  readonly holder: string;
  /** The person. */
  readonly by: string;
  readonly reason: string;
  readonly domains: readonly Domain[];
  readonly probes: Probes;
  /** All, unless a rehearsal goes without those that ask for people and time. */
  readonly gates?: readonly Gate[];
  readonly onPoint?: (point: CutoverPoint) => void;
}

/** What became of a domain. Unchanged: it was there already. */
export interface CutoverChange {
  readonly domain: string;
  readonly from: Mode | null;
  readonly to: Mode;
  readonly changed: boolean;
  readonly gates: readonly GateResult[];
}

interface Wanted extends ModeChange {
  readonly state: DomainState | null;
  readonly gates: readonly GateResult[];
}

/**
 * Takes domains one step on, all of them or none. With `to`, a domain that is there already stays: the same command again
 * changes nothing more. Without it, what can only be closed stays. Throws `CUTOVER_GATE_SHUT`, `CUTOVER_NO_SUCH_STEP`,
 * `CUTOVER_LOCK_HELD`, `DOMAIN_BUSY`.
 */
export async function advance(
  options: CutoverOptions & {
    readonly to: Mode | null;
    readonly dryRun?: boolean;
    /** What a dry run has shown to the person: nothing else is done, and nothing over a gate that was shut then. */
    readonly shown?: readonly CutoverChange[];
  },
): Promise<CutoverChange[]> {
  const { to, dryRun = false, shown = [] } = options;
  refuseShut(shown);
  return alone(options, async (client) => {
    const targetOf = ({ name }: Domain, mode: Mode | null): Mode | null => {
      const next = nextMode(mode);
      const before = shown.find(({ domain }) => domain === name);
      if (before && before.from !== mode && before.to !== mode)
        throw new ModeChangedError(name, before.from ?? 'legacy', mode);
      if (to === null && before) return before.to === mode ? null : before.to;
      if (to === null) return next === 'new' ? null : next;
      if (mode === to) return null;
      if (next !== to || to === 'new') throw new NoSuchStepError(name, mode, `it does not go on to ${to} from there.`);
      return to;
    };
    return change(client, options, { targetOf, dryRun, action: 'cutover.advanced', settle: null });
  });
}

/** Ends the way back: PostgreSQL alone from here on. The file is compared with it first, to the last row. */
export function close(options: CutoverOptions): Promise<CutoverChange[]> {
  return alone(options, async (client) => {
    const targetOf = ({ name }: Domain, mode: Mode | null): Mode | null => {
      if (mode === 'new') return null;
      if (mode !== 'cutover') throw new NoSuchStepError(name, mode, 'only what is in mode cutover can be closed.');
      return 'new';
    };
    return change(client, options, { targetOf, dryRun: false, action: 'cutover.closed', settle: 'strict' });
  });
}

/**
 * Takes domains back to `legacy` with every write since. Nobody can write while the last of it is carried and the file compared
 * with PostgreSQL, to the last row; readers go on. Throws `CUTOVER_NOT_CARRIED_BACK`, `CUTOVER_FILE_DIFFERS`,
 * `CUTOVER_NO_SUCH_STEP`, `CUTOVER_OTHER_FILE`, `CUTOVER_LOCK_HELD`, `DOMAIN_BUSY`; the mode is then what it was.
 */
export function rollBack(options: CutoverOptions): Promise<CutoverChange[]> {
  return alone(options, async (client) => {
    const modes = new Map((await listDomains(client)).map(({ name, mode }) => [name, mode]));
    const able = options.domains.filter(({ name }) => canRollBack(modes.get(name) ?? null)).map(({ name }) => name);
    const targetOf = ({ name }: Domain, mode: Mode | null): Mode | null => {
      if (mode === 'legacy') return null;
      if (mode === 'new') throw new NoSuchStepError(name, mode, 'it is closed, and there is no way back.', able);
      if (!canRollBack(mode)) throw new NoSuchStepError(name, mode, 'there is nothing to go back from.', able);
      return 'legacy';
    };
    return change(client, { ...options, gates: [] }, { targetOf, dryRun: false, action: 'cutover.rolled-back', settle: 'lenient' }); // prettier-ignore
  });
}

const alone = <Result>(options: CutoverOptions, work: (client: Client) => Promise<Result>): Promise<Result> => {
  const applicationName = `sluice cutover ${options.by} ${options.holder}`;
  return withRight(TO_CUT_OVER, { connectionString: options.connectionString, applicationName }, (client) => {
    options.onPoint?.('locked');
    return work(client);
  });
};

interface Plan {
  /** Null: it stays. Throws where the way is another one. */
  readonly targetOf: (domain: Domain, mode: Mode | null) => Mode | null;
  readonly dryRun: boolean;
  readonly action: string;
  /** Whether file and PostgreSQL have to be equal first; strict: also what the legacy program has written just now. */
  readonly settle: 'strict' | 'lenient' | null;
}

async function change(client: Client, options: CutoverOptions, plan: Plan): Promise<CutoverChange[]> {
  const states = new Map((await listDomains(client)).map((state) => [state.name, state]));
  const stays: CutoverChange[] = [];
  const wanted: Wanted[] = [];
  for (const domain of options.domains) {
    const state = states.get(domain.name) ?? null;
    const from = state?.mode ?? null;
    const to = plan.targetOf(domain, from);
    if (to === null) stays.push({ domain: domain.name, from, to: from ?? 'legacy', changed: false, gates: [] });
    else wanted.push({ domain, from, to, actor: options.by, reason: options.reason, state, gates: await gatesOf({ client, probes: options.probes }, domain, state, to, { gates: options.gates ?? GATES }) }); // prettier-ignore
  }
  const changes = wanted.map(({ domain, from, to, gates }) => ({ domain: domain.name, from, to, changed: !plan.dryRun, gates })); // prettier-ignore
  if (plan.dryRun) return [...stays, ...changes];
  refuseShut(changes);
  options.onPoint?.('checked');
  if (wanted.length > 0) await transact(client, options, plan, wanted);
  options.onPoint?.('changed');
  return [...stays, ...changes];
}

/** How long writers are kept waiting for the last of the outbox, before they have their turn again. */
const FENCED_MS = 1_500;
const TURN_MS = 200;

async function transact(client: Client, options: CutoverOptions, plan: Plan, wanted: readonly Wanted[]): Promise<void> {
  const deadline = performance.now() + options.waitMs;
  const fileOf = filesOf(options);
  for (const { domain, from, to } of wanted)
    if (from === null || to === 'dual' || plan.settle) await assertFollowed(client, domain, fileOf);
  const ahead = new Map<string, Ahead>();
  for (;;) {
    if (plan.settle) for (const { domain } of wanted) await waitUntilCarried(client, domain, options, deadline);
    for (const { domain, from } of wanted)
      if ((plan.settle || from === null) && !ahead.has(domain.name))
        ahead.set(domain.name, await aheadOf(client, domain, options));
    try {
      await moveDomains(
        client,
        wanted,
        fileOf,
        async () => {
          for (const one of wanted) {
            const gates = one.gates.map(({ gate, evidence }) => ({ gate, evidence }));
            const detail = { from: one.from, to: one.to, reason: one.reason, holder: options.holder, gates };
            await appendAuditWithin(client, {
              actor: one.actor,
              action: plan.action,
              subject: one.domain.name,
              detail,
            });
          }
          options.onPoint?.('changing');
        },
        () => settle(client, options, plan, wanted, ahead),
      );
      return;
    } catch (error) {
      if (!(error instanceof StillUnderWay || (plan.settle && error instanceof ModeBusyError))) throw error;
      if (options.signal.aborted) throw new InterruptedError();
      if (performance.now() > deadline) throw error instanceof ModeBusyError ? error : stuck(wanted[0]!.domain, 0);
      await delay(TURN_MS);
    }
  }
}

/** What keeps a comparison from being made while everybody writes is told by the one that counts, or was in its way alone. */
async function aheadOf(client: Client, domain: Domain, options: CompareOptions): Promise<Ahead> {
  try {
    return await compareAhead(client, domain, options);
  } catch (error) {
    if (!(error instanceof DomainError) || options.signal.aborted) throw error;
    return new Map();
  }
}

/**
 * While nobody can write: what the gates say now, and that both sides are equal. At the first step, too: what was written in
 * PostgreSQL before nobody carries, and the follower would write its own rows over it.
 */
async function settle(
  client: Client,
  options: CutoverOptions,
  plan: Plan,
  wanted: readonly Wanted[],
  ahead: ReadonlyMap<string, Ahead>,
): Promise<void> {
  const gates = options.gates ?? GATES;
  const now: Pick<CutoverChange, 'domain' | 'gates'>[] = [];
  for (const one of wanted)
    now.push({ domain: one.domain.name, gates: await gatesOf({ client, probes: options.probes }, one.domain, one.state, one.to, { gates, again: true }) }); // prettier-ignore
  refuseShut(now);
  const first = wanted.filter(({ from }) => from === null);
  for (const { domain } of first)
    await compareWithFile(client, domain, options, { step: 'first', ahead: ahead.get(domain.name) });
  if (!plan.settle) return;
  for (const { domain } of wanted) await refuseUncarried(client, domain, FENCED_MS);
  options.onPoint?.('fenced');
  for (const { domain } of wanted)
    await compareWithFile(client, domain, options, {
      step: plan.settle === 'strict' ? 'close' : 'back',
      ahead: ahead.get(domain.name),
    });
}

function refuseShut(wanted: readonly Pick<CutoverChange, 'domain' | 'gates'>[]): void {
  const shut = wanted.flatMap(({ domain, gates }) => gates.filter(({ passed }) => !passed).map((one) => ({ ...one, domain }))); // prettier-ignore
  if (shut.length === 0) return;
  throw new GatesShutError(
    shut.map(({ domain, gate, evidence }) => `${domain}: ${gate}: ${evidence}`),
    shut.flatMap(({ gate, remedy }) => (remedy === null ? [] : [`${gate}: ${remedy}`])),
  );
}

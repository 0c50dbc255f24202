import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { isObject } from '@sluice/core';
import type { Transaction } from '@sluice/postgres';
import { PolicyRepository, PolicyWriter, type PolicyRow } from '@sluice/trading-persistence';
import { assertMatches, type Preconditions } from '../http/entity-tag';
import { cursorForms, Listing } from '../http/listing';
import type { Page } from '../http/page';
import { NoActivePolicyError, PolicyUnknownError } from './policies.errors';
import type { PoliciesQuery, PolicyBody, PolicyPatch } from './policies.request';
import type { PolicyAnswer } from './policies.response';

/** A policy and the version of its row. */
export interface TaggedPolicy {
  readonly policy: PolicyAnswer;
  readonly version: string;
}

const listing = new Listing<PolicyRow>({
  ...{ name: 'policies', forms: [cursorForms.id], isWide: true },
  keyOf: ({ id }) => [String(id)],
});

/** Policies of the reinforcement learner. All writes are done in the caller's transaction. */
@Injectable()
export class PoliciesService {
  constructor(
    private readonly policies: PolicyRepository,
    private readonly writer: PolicyWriter,
  ) {}

  async create(tx: Transaction, { name, description = null, config }: PolicyBody): Promise<TaggedPolicy> {
    return tagged(await this.writer.insert(tx, randomUUID().replaceAll('-', ''), { name, description, config }));
  }

  /** The newest first. */
  async list({ limit, cursor, status }: PoliciesQuery): Promise<Page<PolicyAnswer>> {
    const { items, next } = await listing.page({ limit, cursor }, (after, count) =>
      this.policies.list(status, after?.[0] ?? null, count),
    );
    return { items: items.map((row) => tagged(row).policy), next };
  }

  /** Throws `TRADING_POLICY_UNKNOWN`. */
  async get(policyId: string): Promise<TaggedPolicy> {
    return tagged(known(await this.policies.find(policyId)));
  }

  /** Throws `TRADING_NO_ACTIVE_POLICY`. */
  async getActive(): Promise<TaggedPolicy> {
    const active = await this.policies.findActive();
    if (!active) throw new NoActivePolicyError();
    return tagged(active);
  }

  /** Throws `TRADING_POLICY_UNKNOWN`, and `TRADING_OUTDATED` where a precondition fails. */
  async change(
    tx: Transaction,
    policyId: string,
    patch: PolicyPatch,
    conditions: Preconditions,
  ): Promise<TaggedPolicy> {
    const current = known(await this.writer.lock(tx, policyId));
    assertMatches(conditions, current.version);
    const { name = current.name, config = current.config } = patch;
    const description = patch.description === undefined ? current.description : patch.description;
    return tagged(await this.writer.change(tx, policyId, { name, description, config }));
  }

  /** Throws `TRADING_POLICY_UNKNOWN`, and `TRADING_OUTDATED` where a precondition fails. */
  async setMetrics(
    tx: Transaction,
    policyId: string,
    metrics: object | null,
    conditions: Preconditions,
  ): Promise<TaggedPolicy> {
    assertMatches(conditions, known(await this.writer.lock(tx, policyId)).version);
    return tagged(await this.writer.setMetrics(tx, policyId, metrics));
  }

  /**
   * Makes it the active policy and retires the one that was. The active one stays as it is, times included. Throws
   * `TRADING_POLICY_UNKNOWN`, with nothing changed: the legacy code had retired all of them by then. Throws `TRADING_OUTDATED`
   * where a precondition fails.
   */
  async activate(tx: Transaction, policyId: string, conditions: Preconditions = {}): Promise<TaggedPolicy> {
    await this.writer.awaitActivation(tx);
    const policy = known(await this.writer.lock(tx, policyId));
    assertMatches(conditions, policy.version);
    if (policy.status === 'ACTIVE') return tagged(policy);
    await this.writer.retireActive(tx);
    return tagged(await this.writer.activate(tx, policyId));
  }

  /** Retires it, if it is the active one; any other stays as it is. Throws what `activate` throws. */
  async deactivate(tx: Transaction, policyId: string, conditions: Preconditions = {}): Promise<TaggedPolicy> {
    await this.writer.awaitActivation(tx);
    const policy = known(await this.writer.lock(tx, policyId));
    assertMatches(conditions, policy.version);
    if (policy.status !== 'ACTIVE') return tagged(policy);
    await this.writer.retireActive(tx);
    return tagged(known(await this.writer.lock(tx, policyId)));
  }
}

function known(policy: PolicyRow | null): PolicyRow {
  if (!policy) throw new PolicyUnknownError();
  return policy;
}

/** What is no object is no configuration and no metrics: `{}` and null, as the legacy code read broken ones. */
export function tagged({ id: _id, version, ...row }: PolicyRow): TaggedPolicy {
  return { version, policy: { ...row, config: objectOf(row.config) ?? {}, metrics: objectOf(row.metrics) } };
}

const objectOf = (value: unknown): object | null => (isObject(value) ? value : null);

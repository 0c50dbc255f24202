import { randomUUID } from 'node:crypto';
import { classOfReply, ReadLane, redisFailureClass, type RedisConnection } from '@sluice/redis';
import { brokenBytes, mayBeBroken } from './broken-text';
import { QuickReads } from './quick-reads';
import { ReadBatches } from './read-batches';
import { readInvalidation } from './invalidation-message';
import { fromReply, toParts } from './redis-payload';
import { StoreBatches } from './store-batches';
import { LEASE_STATES, WRONG_TYPE } from './redis-scripts';
import { scanKeys } from './redis-scan';
import { RedisScripts } from './redis-scripts-client';
import type {
  Change,
  ChangeOutcome,
  EntryWeight,
  KeyPage,
  ReadEntry,
  ReadRequest,
  SpaceRef,
  SpaceState,
  StoreOutcome,
  StoreRequest,
  Subscriber,
  Tier2,
} from './tier2';
import { tier2Error } from './tier2.errors';
import {
  ASIDE_LIFE_MS,
  asideKey,
  FENCE_LIFE_MS,
  fenceKey,
  INVALIDATION_CHANNEL,
  leaseKey,
  spaceKey,
  stampKey,
  tagField,
} from './tier2-keys';

/** Message of an invalidation with more keys: the whole namespace is dropped instead. */
const MAX_KEYS_TOLD = 500;
const VALUES_PER_ENTRY = 3;

/**
 * The shared tier in Redis. What belongs to one entry is one script; in a cluster the namespace's key lies elsewhere, so
 * there an epoch is compared before and after a store, and a change is told in a second step.
 */
export class RedisTier2 implements Tier2 {
  readonly driver = 'redis';
  private readonly scripts: RedisScripts;
  private readonly batches = new ReadBatches((request) => this.readBatch(request));
  private readonly stores = new StoreBatches((requests) => this.coded(() => this.storeBatch(requests)));
  private readonly quick: QuickReads;

  /** Closes the connection when it is closed. */
  constructor(private readonly connection: RedisConnection) {
    this.scripts = new RedisScripts(connection);
    this.quick = new QuickReads(new ReadLane(connection, (error) => tier2Error(error, connection)), (request) =>
      this.batches.read(request),
    );
  }

  read(request: ReadRequest): Promise<ReadEntry[]> {
    return this.quick.read(request) ?? this.batches.read(request);
  }

  store(requests: readonly StoreRequest[]): Promise<StoreOutcome[]> {
    return Promise.all(requests.map((request) => this.stores.store(request)));
  }

  change(space: SpaceRef, changes: readonly Change[], from: string): Promise<ChangeOutcome> {
    return this.coded(async () => {
      try {
        return await this.changed(space, changes, from);
      } catch (error) {
        if (redisFailureClass(error) === 'timeout') this.undo(space, changes);
        throw error;
      }
    });
  }

  invalidateTags(space: SpaceRef, tags: readonly string[], from: string): Promise<SpaceState> {
    const fields = tags.flatMap((tag) => [tagField(tag), randomUUID()]);
    return this.coded(async () =>
      stateOf(await this.run('sluiceTags', [spaceKey(space.name)], [randomUUID(), ...toAll(space, from), ...fields])),
    );
  }

  renewEpoch(space: SpaceRef, from: string): Promise<SpaceState> {
    return this.coded(async () =>
      stateOf(await this.run('sluiceRenew', [spaceKey(space.name)], [randomUUID(), ...toAll(space, from)])),
    );
  }

  endEpoch(space: SpaceRef, epoch: string, from: string): Promise<boolean> {
    return this.coded(async () => {
      const args = [randomUUID(), ...toAll(space, from), epoch];
      return (await this.run('sluiceRenew', [spaceKey(space.name)], args)).length > 0;
    });
  }

  states(spaces: readonly SpaceRef[]): Promise<SpaceState[]> {
    return this.coded(() => Promise.all(spaces.map(async (space) => stateOf(await this.state(space, ['seq'])))));
  }

  renewLease(key: string, token: string, lifeMs: number): Promise<boolean> {
    return this.coded(
      async () => (await this.scripts.run('sluiceRenewLease', [leaseKey(key)], [token, whole(lifeMs)])) === 1,
    );
  }

  releaseLease(key: string, token: string, failedForMs: number): Promise<void> {
    return this.coded(async () => {
      await this.scripts.run('sluiceReleaseLease', [leaseKey(key)], [token, whole(failedForMs)]);
    });
  }

  takeLock(key: string, token: string, lifeMs: number): Promise<number | null> {
    return this.coded(async () => {
      try {
        const args = [token, whole(lifeMs), FENCE_LIFE_MS];
        const fence = await this.scripts.run('sluiceTakeLock', [key, fenceKey(key)], args);
        return fence === null ? null : Number(fence);
      } catch (error) {
        if (redisFailureClass(error) === 'timeout') this.scripts.post('sluiceReleaseLease', [key], [token, 0]);
        throw error;
      }
    });
  }

  renewLock(key: string, token: string, lifeMs: number): Promise<boolean> {
    return this.coded(async () => (await this.scripts.run('sluiceRenewLease', [key], [token, whole(lifeMs)])) === 1);
  }

  releaseLock(key: string, token: string): Promise<void> {
    return this.coded(async () => void (await this.scripts.run('sluiceReleaseLease', [key], [token, 0])));
  }

  setAside(key: string): Promise<void> {
    return this.coded(async () => {
      await this.scripts.run('sluiceSetAside', [key, asideKey(key)], [ASIDE_LIFE_MS]);
    });
  }

  scan(prefix: string, cursor: string, count: number): Promise<KeyPage> {
    return this.coded(() => scanKeys(this.connection.client, prefix, cursor, count));
  }

  weigh(keys: readonly string[]): Promise<(EntryWeight | null)[]> {
    return this.coded(async () => {
      if (keys.length === 0) return [];
      const groups = this.connection.isCluster ? keys.map((key) => [key]) : [keys];
      const answers = (await Promise.all(groups.map((group) => this.run('sluiceWeigh', group, [])))).flat();
      return keys.map((_key, i) => {
        const left = Number(answers[2 * i]);
        return left === -2 ? null : { lifeMs: left === -1 ? Infinity : left, sizeBytes: Number(answers[2 * i + 1]) };
      });
    });
  }

  count(key: string, by: Readonly<Record<string, number>>): Promise<Record<string, number>> {
    return this.coded(async () => {
      const answer = await this.run('sluiceCount', [key], Object.entries(by).flat());
      const pairs = Array.from({ length: answer.length / 2 }, (_, i) => [answer[2 * i], answer[2 * i + 1]] as const);
      return Object.fromEntries(pairs.map(([name, value]) => [text(name), Number(value)]));
    });
  }

  async subscribe(subscriber: Subscriber): Promise<() => Promise<void>> {
    const listening = this.connection.subscriber([INVALIDATION_CHANNEL], {
      message: (_channel, text) => {
        const message = readInvalidation(text);
        if (message) subscriber.onInvalidation(message);
      },
      up: () => subscriber.onState('up'),
      down: () => subscriber.onState('down'),
    });
    return async () => listening.close();
  }

  ping(): Promise<void> {
    return this.coded(() => this.connection.ping());
  }

  close(): Promise<void> {
    this.quick.close();
    return this.connection.close();
  }

  private readBatch(request: ReadRequest): Promise<ReadEntry[]> {
    return this.coded(async () => {
      const { space, keys, tags } = request;
      const stamps = tags ? await this.stampsOf(space, tags) : null;
      if (!this.connection.isCluster) return this.readKeys(request, stamps);
      const reads = keys.map((key, i) => this.readKeys({ ...request, keys: [key] }, stamps && [stamps[i] ?? '']));
      const entries = (await Promise.all(reads)).flat();
      return entries.some(({ ticket }) => ticket) ? this.withEpoch(space, entries) : entries;
    });
  }

  /** `stamps` are what the entries' companions must say; null where the cache has no tags. */
  private async readKeys(request: ReadRequest, stamps: readonly string[] | null): Promise<ReadEntry[]> {
    const { space, keys, lease } = request;
    const token = lease ? randomUUID() : '';
    const answering = this.runOf(space, 'sluiceRead', keys, [
      space.kind,
      stamps ? '1' : '',
      token,
      whole(lease?.lifeMs ?? 0),
      whole(lease?.belowMs ?? 0),
      this.connection.isCluster ? '' : spaceKey(space.name),
      lease ? randomUUID() : '',
      ...(stamps ?? []),
    ]);
    if (lease) answering.catch((error: unknown) => this.giveBack(keys, token, error));
    const answer = await answering;
    const epoch = text(answer[keys.length * VALUES_PER_ENTRY]);
    const entries = keys.map((_key, i): ReadEntry => {
      const at = i * VALUES_PER_ENTRY;
      const [reply, left, state] = [answer[at], answer[at + 1], answer[at + 2]];
      const refusal = typeof state === 'number' ? null : classOfReply(text(state));
      const leaseState = refusal ? 'refused' : (LEASE_STATES[Number(state)] ?? 'none');
      const payload = fromReply(space.kind, reply);
      return {
        payload,
        lifeMs: left === -1 ? Infinity : Math.max(Number(left), 0),
        isWrongType: left === WRONG_TYPE,
        lease: leaseState,
        ...(refusal ? { refusal } : {}),
        ticket: leaseState === 'granted' ? { token: `${token}${i + 1}`, epoch, tagStamp: stamps?.[i] ?? '' } : null,
      };
    });
    return space.kind !== 'bytes' && entries.some(({ payload }) => mayBeBroken(payload))
      ? this.withBroken(space, keys, entries)
      : entries;
  }

  /**
   * ioredis makes text of whatever bytes there are. Where it may have made it of what is none, the bytes are looked at, and
   * stay bytes where they are no text: then no codec takes them for a value.
   */
  private async withBroken(space: SpaceRef, keys: readonly string[], entries: ReadEntry[]): Promise<ReadEntry[]> {
    const doubtful = keys.filter((_key, i) => mayBeBroken(entries[i]!.payload));
    const look = [space.kind, '', '', 0, 0, '', '']; // Neither a companion nor a lease.
    const answer = (await this.scripts.runBytes('sluiceRead', doubtful, look)) as unknown[];
    const broken = new Map(doubtful.map((key, i) => [key, brokenBytes(answer[i * VALUES_PER_ENTRY])]));
    return entries.map((entry, i) => ({ ...entry, payload: broken.get(keys[i]!) ?? entry.payload }));
  }

  /**
   * A server that was too slow still carries the read out, and would grant leases that nobody knows of. Sent right behind it,
   * this takes them back; nobody waits for it, and where it is lost the leases end by themselves.
   */
  private giveBack(keys: readonly string[], token: string, error: unknown): void {
    if (redisFailureClass(error) !== 'timeout') return;
    for (const [i, key] of keys.entries()) this.scripts.post('sluiceReleaseLease', [leaseKey(key)], [`${token}${i + 1}`, 0]); // prettier-ignore
  }

  private async changed(space: SpaceRef, changes: readonly Change[], from: string): Promise<ChangeOutcome> {
    const args = await this.changeArguments(space, changes);
    const keys = changes.map(({ key }) => key);
    const head = [INVALIDATION_CHANNEL, messageHead(space, keys, from)];
    if (!this.connection.isCluster) {
      const answer = await this.run('sluiceChange', keys, [
        spaceKey(space.name),
        randomUUID(),
        ...head,
        ...args.flat(),
      ]);
      return { ...stateOf(answer), ...outcomesOf(answer.slice(2)) };
    }
    const answers = await Promise.all(
      keys.map((key, i) => this.run('sluiceChange', [key], ['', '', '', '', ...(args[i] ?? [])])),
    );
    const state = await this.tellCluster(space, head);
    return { ...state, ...outcomesOf(answers.map((answer) => answer[2])) };
  }

  /**
   * As with leases: a server that was too slow still sets the value, maybe after another writer's newer one. Sent right
   * behind it, this removes it again. Where it is lost with its connection, the engine's own delivery is what is left.
   */
  private undo(space: SpaceRef, changes: readonly Change[]): void {
    const keys = changes.filter(({ op }) => op === 'set').map(({ key }) => key);
    if (keys.length === 0) return;
    const head = [INVALIDATION_CHANNEL, messageHead(space, keys, '')];
    const removal = ['remove', '', 0, '', '', 0];
    if (!this.connection.isCluster) {
      const args = [spaceKey(space.name), randomUUID(), ...head, ...keys.flatMap(() => removal)];
      return this.scripts.post('sluiceChange', keys, args);
    }
    for (const key of keys) this.scripts.post('sluiceChange', [key], ['', '', '', '', ...removal]);
    this.scripts.post('sluiceTags', [spaceKey(space.name)], [randomUUID(), ...head]);
  }

  private async withEpoch(space: SpaceRef, entries: readonly ReadEntry[]): Promise<ReadEntry[]> {
    const { epoch } = stateOf(await this.state(space, ['seq']));
    return entries.map((entry) => (entry.ticket ? { ...entry, ticket: { ...entry.ticket, epoch } } : entry));
  }

  /** Of one namespace. */
  private storeBatch(requests: readonly StoreRequest[]): Promise<StoreOutcome[]> {
    if (this.connection.isCluster) return Promise.all(requests.map((request) => this.storeInCluster(request)));
    return this.storeAll(requests, spaceKey(requests[0]!.space.name));
  }

  private async storeInCluster(request: StoreRequest): Promise<StoreOutcome> {
    const { space, key, ticket } = request;
    const [outcome] = await this.storeAll([request], '');
    if (outcome !== 'written') return 'overtaken';
    if (stateOf(await this.state(space, ['seq'])).epoch === ticket.epoch) return 'written';
    await this.connection.client.unlink(key, stampKey(key));
    return 'overtaken';
  }

  /** Requests of one namespace; its key is empty where it lies elsewhere. */
  private async storeAll(requests: readonly StoreRequest[], namespace: string): Promise<StoreOutcome[]> {
    const args = requests.flatMap(({ payload, lifeMs, ticket: { token, tagStamp, epoch } }) => {
      const parts = toParts(payload);
      return [token, whole(lifeMs), tagStamp, epoch, parts.length, ...parts];
    });
    const head = [namespace, requests[0]!.space.kind];
    const answers = await this.run('sluiceStore', requests.map(({ key }) => key), [...head, ...args]); // prettier-ignore
    return answers.map((answer) => (answer === 1 ? 'written' : 'overtaken'));
  }

  private async changeArguments(space: SpaceRef, changes: readonly Change[]): Promise<(string | number | Buffer)[][]> {
    const tags = changes.map((change) => (change.op === 'set' ? change.tags : []));
    const stamps = tags.some(({ length }) => length > 0) ? await this.stampsOf(space, tags) : null;
    return changes.map((change, i) => {
      if (change.op !== 'set') return [change.op, '', change.op === 'expire' ? whole(change.graceMs) : 0, '', '', 0];
      const parts = toParts(change.payload);
      return [
        change.op,
        space.kind,
        whole(change.lifeMs),
        stamps?.[i] ?? '',
        change.lease ?? '',
        parts.length,
        ...parts,
      ];
    });
  }

  /** From the node of the namespace's key, in one step: messages that different nodes publish overtake each other. */
  private async tellCluster(space: SpaceRef, head: readonly string[]): Promise<SpaceState> {
    return stateOf(await this.run('sluiceTags', [spaceKey(space.name)], [randomUUID(), ...head]));
  }

  /** What the companion of an entry with these tags must say now. */
  private async stampsOf(space: SpaceRef, tags: readonly (readonly string[])[]): Promise<string[]> {
    const distinct = [...new Set(tags.flat())];
    const [epoch, ...generations] = await this.state(space, distinct.map(tagField));
    const byTag = new Map(distinct.map((tag, i) => [tag, text(generations[i])]));
    return tags.map((own) => [text(epoch), ...own.map((tag) => byTag.get(tag) ?? '')].join(' '));
  }

  /** Epoch and the fields asked for. */
  private state(space: SpaceRef, fields: readonly string[]): Promise<unknown[]> {
    return this.run('sluiceState', [spaceKey(space.name)], [randomUUID(), ...fields]);
  }

  private runOf({ kind }: SpaceRef, ...call: Parameters<RedisScripts['run']>): Promise<unknown[]> {
    return (kind === 'bytes' ? this.scripts.runBytes(...call) : this.scripts.run(...call)) as Promise<unknown[]>;
  }

  private run(...call: Parameters<RedisScripts['run']>): Promise<unknown[]> {
    return this.scripts.run(...call) as Promise<unknown[]>;
  }

  private async coded<T>(work: () => Promise<T>): Promise<T> {
    try {
      await this.connection.ready();
      return await work();
    } catch (error) {
      throw tier2Error(error, this.connection);
    }
  }
}

const toAll = (space: SpaceRef, from: string) => [INVALIDATION_CHANNEL, messageHead(space, '*', from)];
const whole = (ms: number) => Math.max(0, Math.round(ms));
const text = (value: unknown) => (value === null || value === undefined || value === false ? '' : String(value));

const stateOf = ([epoch, seq]: readonly unknown[]): SpaceState => ({ epoch: text(epoch), seq: Number(seq ?? 0) });

/** As the script answers for each entry: 1 for one that was there before, 2 for one whose lease was lost. */
const outcomesOf = (answers: readonly unknown[]): Pick<ChangeOutcome, 'existed' | 'overtaken'> => ({
  existed: answers.map((answer) => Number(answer) % 2 === 1),
  overtaken: answers.map((answer) => Number(answer) >= 2),
});

/** A message without its end: the script adds epoch and number. */
function messageHead({ name }: SpaceRef, keys: readonly string[] | '*', from: string): string {
  const told = keys === '*' || keys.length > MAX_KEYS_TOLD ? '*' : keys;
  return JSON.stringify({ n: name, f: from, k: told }).slice(0, -1);
}

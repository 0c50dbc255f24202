import { LoadBackOffError, LoadTimeoutError } from '../engine/cache.errors';
import type { RemoveResult, WriteResult } from '../engine/writes';
import { CALL_LIMIT_MS, NO_FAULTS, SimulatedServer, type LinkFaults } from './faulty-tier2';
import { ManualScheduler } from './manual-scheduler';
import { SeededRandom } from './seeded-random';
import { SimulatedLoads } from './simulated-loads';
import { CEILING_MS, declarationOf, LOADER_HARD_MS, SimulatedNode, TAGS, tagOf } from './simulated-node';
import { SimulatedTruth, type SimulatedValue } from './simulated-truth';

export interface SimulationOutcome {
  readonly seed: number;
  /** What must never happen and did; empty for a good run. */
  readonly violations: readonly string[];
  readonly answers: number;
  readonly loads: number;
  /** Every operation and fault in order, if asked for. */
  readonly trace: readonly string[];
}

export interface SimulationOptions {
  readonly isTraced?: boolean;
  /** Virtual time under load and faults. */
  readonly runMs?: number;
}

const RUN_MS = 12_000;
/** Longer than the breaker stays open, a lease stands and a look takes. */
const QUIET_MS = 45_000;
/** A look finds within it what was missed. */
const SETTLED_MS = 2_500;
const WATCH_MS = 10;
const WRITE_LIMIT_MS = 4 * CALL_LIMIT_MS;
/** A flight may wait for another node's load, and then load itself. */
const LOAD_LIMIT_MS = 3 * LOADER_HARD_MS + 1_500 + 8 * CALL_LIMIT_MS;
const LONGEST_PERSIST_MS = 400;
/** Versions of writers that know theirs before the truth does are none that the truth counts itself. */
const FIRST_OF_WRITERS = 1_000_000;
const LONGEST_BACK_OFF_MS = 5 * 60_000;
/** So that a violation in a loop does not fill the memory. */
const MAX_VIOLATIONS = 20;

/**
 * Several nodes over one server, in virtual time, with everything going wrong that can: links cut and slow, requests and
 * answers lost, requests executed after their sender gave up, messages lost, doubled, late and out of order, nodes that
 * crash, a server that comes back empty or refuses writes, payloads that other programs spoil, caches that are paused and
 * resumed, clocks that differ by minutes. What must hold all the same:
 *
 * 1. A fresh answer is no version that was superseded, by an acknowledged invalidation, more than `staleCeilingMs` before
 *    its caller asked. There is no slack: an entry counts from when it was asked for, and a look from when it was sent, both
 *    before the server executes them. It is the caller's question that counts, for a loader may read the truth right then
 *    and take its time.
 * 2. So a deleted value does not come back as a fresh one.
 * 3. Once all is quiet, every node answers the truth for every key. What a crashed node had not yet got acknowledged is
 *    repeated by another, as an outbox does.
 * 4. No call takes longer than its limits, and no promise is rejected unheard.
 * 5. No two nodes that reach the server load one key at once.
 *
 * The same seed gives the same run.
 */
export async function simulate(seed: number, options: SimulationOptions = {}): Promise<SimulationOutcome> {
  const simulation = new Simulation(seed, options.isTraced ?? false);
  const unheard = (reason: unknown) => simulation.violate(`a rejection that nobody heard: ${String(reason)}`);
  process.on('unhandledRejection', unheard);
  try {
    await simulation.run(options.runMs ?? RUN_MS);
  } finally {
    process.off('unhandledRejection', unheard);
  }
  return simulation.outcome();
}

interface Write {
  readonly node: SimulatedNode;
  readonly versions: ReadonlyMap<string, number>;
}

class Simulation {
  private readonly clock = new ManualScheduler();
  private readonly random: SeededRandom;
  private readonly truth: SimulatedTruth;
  private readonly loads: SimulatedLoads;
  private readonly server: SimulatedServer;
  private readonly declaration;
  private readonly nodes: SimulatedNode[] = [];
  private readonly locked = new Map<string, SimulatedNode>();
  private readonly through = new Set<{ readonly node: SimulatedNode; readonly key: string }>();
  private readonly queued = new Set<Write>();
  /** Writes without an acknowledgement that their node can no longer get. */
  private readonly outbox = new Set<string>();
  private readonly violations: string[] = [];
  private readonly trace: string[] = [];
  /** Each seed has some of them only: a rare mixture finds what the usual one hides. */
  private disturbances: ((index: number, lastsMs: number) => void)[] = [
    (index) => this.crash(index),
    () => this.restartServer(),
    (_index, lastsMs) => this.refuse(lastsMs),
    (index, lastsMs) => this.spoil(index, lastsMs + this.random.pick([0, CEILING_MS]), { isCut: true }),
    (index, lastsMs) => this.spoil(index, lastsMs, { slowMs: this.random.pick([40, 150, 400, 6_000]) }),
    (index, lastsMs) => this.spoil(index, lastsMs, { requestsLost: this.part() }),
    (index, lastsMs) => this.spoil(index, lastsMs, { answersLost: this.part() }),
    (index, lastsMs) => this.spoil(index, lastsMs, { messagesLost: this.part() }),
    (index, lastsMs) =>
      this.spoil(index, lastsMs, { messagesDoubled: this.part(), messagesLate: 1, messageDelayMs: 500 }),
    (index, lastsMs) => this.spoil(index, lastsMs, { messagesLate: this.part(), messageDelayMs: 5_000 }),
    (index, lastsMs) => this.pause(index, lastsMs),
    () => this.corrupt(),
  ];
  private answers = 0;
  private writers = 0;
  private started = 0;
  private isQuiet = false;

  constructor(
    private readonly seed: number,
    private readonly isTraced: boolean,
  ) {
    this.random = new SeededRandom(seed);
    const keys = Array.from({ length: this.random.from(1, 4) }, (_, i) => `k${i}`);
    this.truth = new SimulatedTruth(keys);
    this.loads = new SimulatedLoads(this.clock, this.random, this.truth, (what) => this.violate(what));
    this.server = new SimulatedServer(this.clock, this.random, (ids) => this.loads.changed(ids));
    this.declaration = declarationOf(this.random);
    for (let i = 0, count = this.random.from(2, 4); i < count; i++) this.start(i);
  }

  outcome(): SimulationOutcome {
    const { seed, violations, answers, trace } = this;
    return { seed, violations, answers, loads: this.loads.count, trace };
  }

  violate(what: string): void {
    this.note(`VIOLATION ${what}`);
    if (this.violations.length < MAX_VIOLATIONS) this.violations.push(`at ${this.clock.nowMs()} ms: ${what}`);
  }

  async run(runMs: number): Promise<void> {
    this.loads.faults.failing = this.random.pick([0, 0.1, 0.3]);
    this.loads.faults.longestMs = this.random.pick([20, 300, 1_500, 3_000, 6_000]);
    this.disturbances = this.disturbances.filter(() => this.random.isBelow(0.6));
    this.repeat(this.random.pick([15, 60, 200, 700]), () => this.operate());
    this.repeat(this.random.pick([500, 1_500, 4_000]), () => this.disturb());
    await this.clock.advance(runMs);
    this.heal();
    let quietMs = 0;
    do
      await this.clock.advance(SETTLED_MS); // What is still on a slow way may yet fail.
    while (
      (quietMs += SETTLED_MS) < QUIET_MS &&
      this.nodes.some((node) => node.isInTroubleSince(this.clock.nowMs() - SETTLED_MS))
    );
    await this.clock.advance(LOADER_HARD_MS);
    await this.repeatUnacknowledged();
    await this.clock.advance(SETTLED_MS);
    await this.compare();
  }

  private readonly part = () => this.random.pick([0.05, 0.3, 1]);

  private get graceMs(): number {
    return this.declaration.graceMs ?? 0;
  }

  private start(index: number): void {
    const name = `n${index}.${this.started++}`;
    const node = new SimulatedNode(name, this.clock, this.server, this.random, this.declaration);
    this.nodes[index] = node;
    void node.engine.start();
  }

  private repeat(everyMs: number, work: () => void): void {
    this.clock.after(this.random.from(1, 2 * everyMs), () => {
      if (this.isQuiet) return;
      work();
      this.repeat(everyMs, work);
    });
  }

  private operate(): void {
    const node = this.random.pick(this.nodes);
    const key = this.random.pick(this.truth.keys);
    const { cache } = node;
    const choice = this.random.from(1, 100);
    if (choice <= 45) this.load(node, key);
    else if (choice <= 60) this.read(node, [key], 'get', async () => [await cache.get(key)]);
    else if (choice <= 68) this.read(node, this.truth.keys, 'getMany', () => cache.getMany(this.truth.keys));
    else if (choice <= 73) this.loadMany(node);
    else if (choice <= 84) this.write(node, key, 'delete', () => cache.delete(key));
    else if (choice <= 90) for (const writer of [node, this.random.pick(this.nodes)]) this.writeThrough(writer, key);
    else if (choice <= 94) this.write(node, key, 'set', () => cache.set(key, this.truth.value(key)));
    else if (choice <= 96) this.write(node, key, 'expire', () => cache.expire([key]));
    else if (choice <= 98) this.writeAll(node, this.truth.keys, 'clear', () => cache.clear());
    else if (this.declaration.tags) {
      const tag = this.random.pick(TAGS);
      const keys = this.truth.keys.filter((one) => tagOf(one) === tag);
      this.writeAll(node, keys, `tag ${tag}`, () => cache.invalidateTags([tag]));
    }
  }

  private load(node: SimulatedNode, key: string): void {
    const askedMs = this.clock.nowMs();
    const loader = (context: Parameters<Parameters<typeof node.cache.getOrLoad>[1]>[0]) =>
      this.loads.load(node, key, context, askedMs);
    this.call(node, `load ${key}`, LOAD_LIMIT_MS, async () => {
      const answer = await node.cache.getOrLoadAnswer(key, loader);
      this.note(`${node.name} load ${key} asked at ${askedMs}: ${JSON.stringify(answer)}`);
      this.check(node, answer.state, key, answer.value, askedMs, answer.state === 'stale' ? this.graceMs : 0);
    });
  }

  private loadMany(node: SimulatedNode): void {
    const askedMs = this.clock.nowMs();
    const { keys } = this.truth;
    this.call(node, 'loadMany', LOAD_LIMIT_MS, async () => {
      const values = await node.cache.getOrLoadMany(keys, async (some, context) => {
        const loading = some.map((key) => this.loads.load(node, key, context, askedMs));
        await Promise.allSettled(loading); // One query ends once.
        return Promise.all(loading);
      });
      this.note(`${node.name} loadMany asked at ${askedMs}: ${JSON.stringify(values)}`);
      keys.forEach((key, i) => this.check(node, 'loadMany', key, values[i]!, askedMs, this.graceMs));
    });
  }

  private read(
    node: SimulatedNode,
    keys: readonly string[],
    what: string,
    work: () => Promise<(SimulatedValue | undefined)[]>,
  ): void {
    const askedMs = this.clock.nowMs();
    this.call(node, what, CALL_LIMIT_MS, async () => {
      const values = await work();
      this.note(`${node.name} ${what} ${keys.join()} asked at ${askedMs}: ${JSON.stringify(values)}`);
      keys.forEach((key, i) => {
        const value = values[i];
        if (value !== undefined) this.check(node, what, key, value, askedMs, 0);
      });
    });
  }

  /** `graceMs` for an answer that is, or may be, a stale one. */
  private check(
    { name }: SimulatedNode,
    what: string,
    key: string,
    value: SimulatedValue,
    askedMs: number,
    graceMs: number,
  ): void {
    this.answers++;
    const lateMs = askedMs - this.truth.supersededMs(key, value) - CEILING_MS - graceMs;
    if (lateMs > 0)
      this.violate(`${name} ${what}: ${key} is ${JSON.stringify(value)}, ${lateMs} ms beyond its ceiling`);
  }

  /** Writers of one key take turns, as rows of a database make them: two sets at once have no order. */
  private write(node: SimulatedNode, key: string, what: string, work: () => Promise<WriteResult | RemoveResult>): void {
    this.writeAll(node, [key], `${what} ${key}`, work);
  }

  private writeAll(
    node: SimulatedNode,
    keys: readonly string[],
    what: string,
    work: () => Promise<WriteResult | RemoveResult>,
  ): void {
    if (keys.some((key) => this.locked.has(key))) return;
    for (const key of keys) {
      this.locked.set(key, node);
      this.truth.change(key, this.random.isBelow(0.25));
    }
    const versions = new Map(keys.map((key) => [key, this.truth.version(key)]));
    this.note(`${node.name} ${what} begins: ${JSON.stringify(Object.fromEntries(versions))}`);
    this.call(node, what, WRITE_LIMIT_MS, async () => {
      const result = await work();
      this.note(`${node.name} ${what}: ${result.tier2}`);
      for (const key of keys) this.locked.delete(key);
      this.afterWrite({ node, versions }, result);
    });
  }

  private afterWrite(write: Write, { tier2 }: WriteResult): void {
    if (tier2 !== 'queued') return this.acknowledge(write);
    this.queued.add(write);
    this.watchQueued(write);
  }

  /** Writers through the cache take no turns: their order is that of the truth. */
  private writeThrough(node: SimulatedNode, key: string): void {
    if (this.locked.has(key)) return;
    const begun = { node, key };
    this.through.add(begun);
    const versions = new Map<string, number>();
    const isGone = this.random.isBelow(0.25);
    const v = FIRST_OF_WRITERS + this.writers++;
    const persist = async (): Promise<void> => {
      await new Promise<void>((resolve) => void node.scheduler.after(this.random.from(1, LONGEST_PERSIST_MS), resolve));
      this.truth.change(key, isGone, v);
      versions.set(key, this.truth.version(key));
    };
    this.call(node, `through ${key}`, WRITE_LIMIT_MS + CALL_LIMIT_MS + LONGEST_PERSIST_MS, async () => {
      const result = await node.cache.writeThrough(key, isGone ? null : { v }, persist);
      this.note(`${node.name} through ${key}: ${JSON.stringify([...versions])} ${result.tier2}`);
      this.through.delete(begun);
      this.afterWrite({ node, versions }, result);
    });
  }

  private acknowledge({ versions }: Write): void {
    for (const [key, version] of versions) this.truth.supersede(key, version, this.clock.nowMs());
  }

  /** What was queued counts from when the engine says that it no longer waits. */
  private watchQueued(write: Write): void {
    this.clock.after(WATCH_MS, () => {
      const { node, versions } = write;
      if (!this.queued.has(write)) return;
      const { cache, engine } = node;
      if ([...versions.keys()].some((key) => engine.link.isPending(cache.space, cache.idOf(key))))
        return this.watchQueued(write);
      this.queued.delete(write);
      this.acknowledge(write);
      this.note(`${node.name} delivered ${[...versions.keys()].join()}`);
    });
  }

  private call(node: SimulatedNode, what: string, limitMs: number, work: () => Promise<void>): void {
    const sinceMs = this.clock.nowMs();
    const cancel = this.clock.after(limitMs + 1, () => {
      if (node.isAlive) this.violate(`${node.name} ${what}, asked at ${sinceMs}, does not end`);
    });
    work()
      .catch((error: unknown) => {
        this.note(`${node.name} ${what}: ${String(error)}`);
        const isExpected = error instanceof LoadBackOffError || error instanceof LoadTimeoutError;
        if (!isExpected && !String(error).includes('simulated source'))
          this.violate(`${node.name} ${what}: ${String(error)}`);
      })
      .finally(cancel);
  }

  private disturb(): void {
    if (this.disturbances.length === 0) return;
    const lastsMs = this.random.from(100, this.random.pick([500, 3_000, 10_000]));
    this.random.pick(this.disturbances)(this.random.from(0, this.nodes.length - 1), lastsMs);
  }

  private refuse(lastsMs: number): void {
    this.server.refuses = this.random.pick(['oom', 'readonly'] as const);
    this.note(`server refuses: ${this.server.refuses}`);
    this.clock.after(lastsMs, () => (this.server.refuses = 'nothing'));
  }

  private restartServer(): void {
    this.note('server restarts empty');
    this.server.restartEmpty();
  }

  private spoil(index: number, lastsMs: number, faults: Partial<LinkFaults>): void {
    const node = this.nodes[index]!;
    this.note(`${node.name} has ${JSON.stringify(faults)} for ${lastsMs} ms`);
    node.link.faults = { ...node.link.faults, ...faults };
    const before = Object.keys(faults).map((fault) => [fault, NO_FAULTS[fault as keyof LinkFaults]]);
    this.clock.after(lastsMs, () => (node.link.faults = { ...node.link.faults, ...Object.fromEntries(before) }));
  }

  private pause(index: number, lastsMs: number): void {
    const node = this.nodes[index]!;
    this.note(`${node.name} is paused for ${lastsMs} ms`);
    node.pause(true);
    this.clock.after(lastsMs, () => node.pause(false));
  }

  private corrupt(): void {
    const key = this.random.pick(this.truth.keys);
    this.note(`another program spoils ${key}`);
    const { cache } = this.nodes[0]!;
    void this.server.corrupt(cache.space, cache.idOf(key), this.declaration.tags?.(key) ?? []);
  }

  private crash(index: number): void {
    const node = this.nodes[index]!;
    this.note(`${node.name} crashes`);
    void node.crash();
    for (const write of this.queued) {
      if (write.node !== node) continue;
      this.queued.delete(write);
      for (const key of write.versions.keys()) this.outbox.add(key);
    }
    for (const begun of this.through) {
      if (begun.node !== node) continue;
      this.through.delete(begun);
      this.outbox.add(begun.key);
    }
    for (const [key, holder] of this.locked) {
      if (holder !== node) continue;
      this.locked.delete(key);
      this.outbox.add(key);
    }
    this.start(index);
  }

  private heal(): void {
    this.note('all faults end');
    this.isQuiet = true;
    this.server.refuses = 'nothing';
    this.loads.faults.failing = 0;
    this.loads.faults.longestMs = 20;
    for (const node of this.nodes) {
      node.link.faults = NO_FAULTS;
      node.pause(false);
    }
  }

  private async repeatUnacknowledged(): Promise<void> {
    for (const write of this.queued) this.violate(`${write.node.name} never delivered what it queued`);
    for (const key of this.outbox) {
      const deleting = this.nodes[0]!.cache.delete(key);
      await this.clock.advance(CALL_LIMIT_MS);
      const { tier2 } = await deleting;
      if (tier2 !== 'written') this.violate(`a delete without any fault is ${tier2}`);
    }
  }

  private async compare(): Promise<void> {
    const ends = this.nodes.flatMap((node) => this.truth.keys.map((key) => ({ node, key, got: 'nothing' })));
    for (const end of ends)
      this.call(end.node, `load ${end.key}`, LONGEST_BACK_OFF_MS + LOAD_LIMIT_MS, async () => {
        end.got = JSON.stringify(await this.settled(end.node, end.key));
      });
    for (let ms = 0; ms <= LONGEST_BACK_OFF_MS && ends.some(({ got }) => got === 'nothing'); ms += LOAD_LIMIT_MS + 2)
      await this.clock.advance(LOAD_LIMIT_MS + 2);
    for (const { node, key, got } of ends) {
      const want = JSON.stringify(this.truth.value(key));
      if (got !== want) this.violate(`${node.name} ends with ${key} ${got}, the truth is ${want}`);
    }
  }

  /** A stale answer says itself that it may be old, and is followed by the new one; so does a load that is held back. */
  private async settled(node: SimulatedNode, key: string): Promise<SimulatedValue> {
    for (;;) {
      const askedMs = this.clock.nowMs();
      const answering = node.cache.getOrLoadAnswer(key, (context) => this.loads.load(node, key, context, askedMs));
      const answer = await answering.catch((error: unknown) => {
        if (error instanceof LoadBackOffError) return null;
        throw error;
      });
      if (answer && answer.state !== 'stale') return answer.value;
      await new Promise<void>((resolve) => void this.clock.after(300, resolve));
    }
  }

  private note(what: string): void {
    if (this.isTraced) this.trace.push(`${this.clock.nowMs()} ${what}`);
  }
}

import type { Scheduler } from '../engine/scheduler';
import { MemoryTier2 } from '../tier2/memory-tier2';
import type {
  Change,
  ChangeOutcome,
  EntryWeight,
  Invalidation,
  KeyPage,
  ReadEntry,
  ReadRequest,
  SpaceRef,
  SpaceState,
  StoreOutcome,
  StoreRequest,
  Subscriber,
  Tier2,
} from '../tier2/tier2';
import { Tier2Error } from '../tier2/tier2.errors';
import type { SeededRandom } from './seeded-random';

/** As `commandMs` of a Redis connection. */
export const CALL_LIMIT_MS = 250;

const CORRUPT_LIFE_MS = 3_600_000;

export interface LinkFaults {
  /** Nothing passes in either direction; calls end at their limit. */
  isCut: boolean;
  /** Longest way of a request or an answer. */
  slowMs: number;
  requestsLost: number;
  answersLost: number;
  messagesLost: number;
  messagesDoubled: number;
  /** Part of the messages that are late, by up to `messageDelayMs`: so they overtake each other. */
  messagesLate: number;
  messageDelayMs: number;
}

export const NO_FAULTS: LinkFaults = {
  isCut: false, slowMs: 2, requestsLost: 0, answersLost: 0, messagesLost: 0, messagesDoubled: 0, messagesLate: 0, messageDelayMs: 5,
}; // prettier-ignore

/** The one server of a simulation. It can refuse writes as a full one or a replica does, and tells what it changed. */
export class SimulatedServer {
  refuses: 'nothing' | 'oom' | 'readonly' = 'nothing';
  readonly memory: MemoryTier2;

  constructor(
    scheduler: Scheduler,
    random: SeededRandom,
    private readonly onChange: (keys: readonly string[] | '*') => void,
  ) {
    this.memory = new MemoryTier2(scheduler, () => random.token());
  }

  restartEmpty(): void {
    this.memory.empty();
    this.onChange('*');
  }

  /** Without the right to load where none can be written. */
  async read(request: ReadRequest): Promise<ReadEntry[]> {
    const { lease, ...rest } = request;
    const { refuses } = this;
    if (refuses === 'nothing' || !lease) return this.memory.read(request);
    const entries = await this.memory.read(rest);
    return entries.map((entry) =>
      entry.payload !== null && entry.lifeMs > lease.belowMs ? entry : { ...entry, lease: 'refused', refusal: refuses },
    );
  }

  /** Another program writes what no codec can read; as if it were told: only the payload matters here. */
  async corrupt(space: SpaceRef, key: string, tags: readonly string[]): Promise<void> {
    this.onChange([key]);
    const change = { op: 'set', key, payload: '{"v":', lifeMs: CORRUPT_LIFE_MS, tags } as const;
    await this.memory.change(space, [change], 'another program');
  }

  async change(space: SpaceRef, changes: readonly Change[], from: string): Promise<ChangeOutcome> {
    this.assertTakes(changes.some(({ op }) => op === 'set'));
    this.onChange(changes.map(({ key }) => key));
    return this.memory.change(space, changes, from);
  }

  async changeAll<T>(work: (memory: MemoryTier2) => Promise<T>): Promise<T> {
    this.assertTakes(true);
    this.onChange('*');
    return work(this.memory);
  }

  async write<T>(needsRoom: boolean, work: (memory: MemoryTier2) => Promise<T>): Promise<T> {
    this.assertTakes(needsRoom);
    return work(this.memory);
  }

  private assertTakes(needsRoom: boolean): void {
    if (this.refuses === 'readonly' || (this.refuses === 'oom' && needsRoom))
      throw new Tier2Error(`The simulated server refuses writes (${this.refuses}).`, this.refuses);
  }
}

/**
 * The way of one node to the server. Requests of one node arrive in the order in which they were sent; they, their answers
 * and the messages may be late or lost. A request may be executed after its sender gave up; behind one that sets a value
 * comes then, as `Tier2.change` promises, the removal of that value.
 */
export class FaultyTier2 implements Tier2 {
  readonly driver = 'redis';
  faults: LinkFaults = NO_FAULTS;
  /** When a call last failed. */
  failedMs = -Infinity;
  private isClosed = false;
  private arrivesMs = 0;

  constructor(
    private readonly server: SimulatedServer,
    private readonly scheduler: Scheduler,
    private readonly random: SeededRandom,
  ) {}

  async read(request: ReadRequest): Promise<ReadEntry[]> {
    const entries = await this.call(() => this.server.read(request));
    if (entries.some(({ lease }) => lease === 'refused')) this.failedMs = this.scheduler.nowMs();
    return entries;
  }

  store(requests: readonly StoreRequest[]): Promise<StoreOutcome[]> {
    return this.call(() => this.server.write(true, (memory) => memory.store(requests)));
  }

  change(space: SpaceRef, changes: readonly Change[], from: string): Promise<ChangeOutcome> {
    return this.call(async (isLate) => {
      const outcome = await this.server.change(space, changes, from);
      const sets = changes.filter(({ op }) => op === 'set');
      if (isLate && sets.length > 0)
        await this.server.change(
          space,
          sets.map(({ key }) => ({ op: 'remove', key })),
          '',
        );
      return outcome;
    });
  }

  invalidateTags(space: SpaceRef, tags: readonly string[], from: string): Promise<SpaceState> {
    return this.call(() => this.server.changeAll((memory) => memory.invalidateTags(space, tags, from)));
  }

  renewEpoch(space: SpaceRef, from: string): Promise<SpaceState> {
    return this.call(() => this.server.changeAll((memory) => memory.renewEpoch(space, from)));
  }

  endEpoch(space: SpaceRef, epoch: string, from: string): Promise<boolean> {
    return this.call(() => this.server.changeAll((memory) => memory.endEpoch(space, epoch, from)));
  }

  states(spaces: readonly SpaceRef[]): Promise<SpaceState[]> {
    return this.call(() => this.server.memory.states(spaces));
  }

  renewLease(key: string, token: string, lifeMs: number): Promise<boolean> {
    return this.call(() => this.server.write(false, (memory) => memory.renewLease(key, token, lifeMs)));
  }

  releaseLease(key: string, token: string, failedForMs: number): Promise<void> {
    return this.call(() => this.server.write(false, (memory) => memory.releaseLease(key, token, failedForMs)));
  }

  takeLock(key: string, token: string, lifeMs: number): Promise<number | null> {
    return this.call(() => this.server.write(true, (memory) => memory.takeLock(key, token, lifeMs)));
  }

  renewLock(key: string, token: string, lifeMs: number): Promise<boolean> {
    return this.call(() => this.server.write(false, (memory) => memory.renewLock(key, token, lifeMs)));
  }

  releaseLock(key: string, token: string): Promise<void> {
    return this.call(() => this.server.write(false, (memory) => memory.releaseLock(key, token)));
  }

  setAside(key: string): Promise<void> {
    return this.call(() => this.server.write(false, (memory) => memory.setAside(key)));
  }

  scan(prefix: string): Promise<KeyPage> {
    return this.call(() => this.server.memory.scan(prefix));
  }

  weigh(keys: readonly string[]): Promise<(EntryWeight | null)[]> {
    return this.call(() => this.server.memory.weigh(keys));
  }

  count(key: string, by: Readonly<Record<string, number>>): Promise<Record<string, number>> {
    return this.call(() => this.server.write(true, (memory) => memory.count(key, by)));
  }

  ping(): Promise<void> {
    return this.call(() => this.server.memory.ping());
  }

  async subscribe(subscriber: Subscriber): Promise<() => Promise<void>> {
    return this.server.memory.subscribe({
      onInvalidation: (message) => this.tell(subscriber, message),
      onState: (state) => subscriber.onState(state),
    });
  }

  /** The node is gone: nothing that is on its way arrives. */
  async close(): Promise<void> {
    this.isClosed = true;
  }

  private tell(subscriber: Subscriber, message: Invalidation): void {
    const { isCut, messagesLost, messagesDoubled, messagesLate, messageDelayMs } = this.faults;
    if (this.isClosed || isCut || this.random.isBelow(messagesLost)) return;
    const copies = this.random.isBelow(messagesDoubled) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const delayMs = this.random.isBelow(messagesLate) ? this.random.from(0, messageDelayMs) : 1;
      this.scheduler.after(delayMs, () => {
        if (!this.isClosed) subscriber.onInvalidation(message);
      });
    }
  }

  private call<T>(work: (isLate: boolean) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const end = (settle: () => void) => {
        cancelLimit();
        if (!this.isClosed) settle();
      };
      const fail = (error: unknown) =>
        end(() => {
          this.failedMs = this.scheduler.nowMs();
          reject(error);
        });
      let isGivenUp = false;
      const cancelLimit = this.scheduler.after(CALL_LIMIT_MS, () => {
        isGivenUp = true;
        fail(new Tier2Error('The simulated server did not answer in time.', 'timeout'));
      });
      const broken = () => fail(new Tier2Error('The connection broke.', 'network'));
      if (this.isLost(this.faults.requestsLost, broken)) return;
      this.arrivesMs = Math.max(this.arrivesMs, this.scheduler.nowMs() + this.wayMs());
      this.scheduler.after(this.arrivesMs - this.scheduler.nowMs(), () => {
        if (this.isClosed) return;
        const answer = (settle: () => void) => {
          if (!this.isLost(this.faults.answersLost, broken)) this.scheduler.after(this.wayMs(), () => end(settle));
        };
        work(isGivenUp).then(
          (value) => answer(() => resolve(value)),
          (error: unknown) => answer(() => fail(error)),
        );
      });
    });
  }

  /** What is lost with its connection is known to be lost; the other half waits for the time limit. */
  private isLost(part: number, broken: () => void): boolean {
    if (this.faults.isCut) return true;
    if (!this.random.isBelow(part)) return false;
    if (this.random.isBelow(0.5)) this.scheduler.after(1, broken);
    return true;
  }

  private wayMs(): number {
    return this.random.from(0, this.faults.slowMs);
  }
}

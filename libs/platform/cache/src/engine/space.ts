import type { PayloadKind } from '../codec/payload';
import type { SpaceRef, SpaceState } from '../tier2/tier2';
import { Counters } from './counters';

/** Above this the whole namespace is dropped instead of remembering each key. */
const MAX_MARKS = 20_000;

/**
 * What this process knows of one namespace: how far it has heard the invalidations, when it last knew that it had heard all,
 * and which keys were invalidated while something was being fetched.
 *
 * A value may enter tier 1 only if nothing invalidated its key or its namespace after it was asked for. `stamp` is taken
 * before asking and `admits` is asked after; a message that comes in between makes the difference.
 */
export class Space implements SpaceRef {
  readonly counters = new Counters();
  /** Counts the drops of the whole namespace; an entry of tier 1 of an older count is no longer found. */
  drops = 0;
  /** At this moment every invalidation up to then had been heard. */
  confirmedMs = -Infinity;
  isPaused = false;
  private heard: SpaceState | null = null;
  private marks = new Map<string, number>();
  private clock = 0;

  /** `owns` says whether a key below the name belongs to it and not to a namespace with a longer name. */
  constructor(
    readonly name: string,
    readonly kind: PayloadKind,
    readonly owns: (key: string) => boolean,
  ) {}

  get state(): SpaceState | null {
    return this.heard;
  }

  /** To be taken before a value is asked for. */
  stamp(): Stamp {
    return { drops: this.drops, clock: this.clock };
  }

  admits(id: string, { drops, clock }: Stamp): boolean {
    return drops === this.drops && (this.marks.get(id) ?? 0) <= clock;
  }

  /** The key was invalidated just now. */
  mark(id: string): Stamp {
    if (this.marks.size >= MAX_MARKS) this.drop();
    this.marks.set(id, ++this.clock);
    return this.stamp();
  }

  /** Everything was invalidated, or may have been. */
  drop(): void {
    this.drops++;
    this.marks = new Map();
  }

  /** Takes note of a message's number; false where one before it was missed, or another epoch began. */
  hear({ epoch, seq }: SpaceState): boolean {
    const before = this.heard;
    if (before?.epoch === epoch && seq <= before.seq) return true;
    this.heard = { epoch, seq };
    return before === null ? false : before.epoch === epoch && seq === before.seq + 1;
  }

  /** It has just been made anew, although there was one: a namespace that was cleared counts from 1. */
  isForgottenBy({ epoch, seq }: SpaceState): boolean {
    return this.heard !== null && this.heard.epoch !== epoch && seq === 0;
  }

  hasHeard({ epoch, seq }: SpaceState): boolean {
    return this.heard !== null && this.heard.epoch === epoch && this.heard.seq >= seq;
  }
}

export interface Stamp {
  readonly drops: number;
  readonly clock: number;
}

import type { PayloadKind } from '../codec/payload';
import type { SpaceRef, SpaceState } from '../tier2/tier2';
import { Counters } from './counters';

/** Above this the whole namespace is dropped instead of remembering each key. */
const MAX_MARKS = 20_000;
/** Epochs that are known to have ended; one that comes back after more is taken for a new one. */
const MAX_ENDED = 16;

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
  /** What its entries take in this process's memory. */
  heldBytes = 0;
  private heard: SpaceState | null = null;
  /** The epoch of the last look, and those of the looks before it. */
  private current: string | null = null;
  private ended: readonly string[] = [];
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

  /** What a state that is asked for from now on must not fall short of. */
  known(): Known {
    return { heard: this.heard, ended: this.ended };
  }

  /**
   * Takes note of what a look found. `known` is of before it asked; false where the shared tier has come back with older data
   * since, as a restart from a snapshot or the promotion of a replica that is behind leaves it: invalidations are lost there.
   */
  settle({ epoch, seq }: SpaceState, { heard, ended }: Known): boolean {
    if (ended.includes(epoch) || (heard?.epoch === epoch && seq < heard.seq)) return false;
    if (this.current === epoch || this.ended.includes(epoch)) return true; // Another look was asked later and answered first.
    if (this.current !== null) this.ended = [...this.ended, this.current].slice(-MAX_ENDED);
    this.current = epoch;
    return true;
  }

  /** Takes note of a message's number; false where one before it was missed, or another epoch began or had ended. */
  hear({ epoch, seq }: SpaceState): boolean {
    if (this.ended.includes(epoch)) return false;
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

export interface Known {
  readonly heard: SpaceState | null;
  readonly ended: readonly string[];
}

export interface Stamp {
  readonly drops: number;
  readonly clock: number;
}

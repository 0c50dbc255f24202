/**
 * Collects what comes in one turn of the event loop, and hands all of it over at its end: the same work done many times in a row
 * takes a fraction of what it takes in between other work, whose code the processor would fetch anew each time.
 */
export class TurnEnd<T> {
  private waiting: T[] = [];

  constructor(private readonly handle: (all: readonly T[]) => void) {}

  add(one: T): void {
    if (this.waiting.length === 0) setImmediate(this.now);
    this.waiting.push(one);
  }

  /** Without waiting for the end of the turn. */
  readonly now = (): void => {
    const { waiting } = this;
    this.waiting = [];
    if (waiting.length > 0) this.handle(waiting);
  };
}

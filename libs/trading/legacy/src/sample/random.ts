/** A small, fast, explicit generator (mulberry32): the same seed gives the same legacy tree on every machine and Node. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A generator of its own for a part of the tree, so that the size of one table does not change the rows of another. */
  static for(seed: number, part: string, index = 0): Random {
    let hash = (seed ^ 0x811c9dc5) >>> 0;
    for (let i = 0; i < part.length; i++) hash = Math.imul(hash ^ part.charCodeAt(i), 0x01000193) >>> 0;
    const random = new Random(Math.imul(hash ^ index, 0x9e3779b1) >>> 0);
    random.next();
    return random;
  }

  /** 0 inclusive to 1 exclusive. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** Both ends included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Rounded to so many decimals, as the legacy engine rounds. */
  decimal(from: number, to: number, places: number): number {
    return Number((from + this.next() * (to - from)).toFixed(places));
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[Math.floor(this.next() * choices.length)];
    if (choice === undefined) throw new RangeError('Nothing to pick from.');
    return choice;
  }

  /** 32 lower-case hex digits, the legacy form of a random UUID. */
  uuidHex(): string {
    let text = '';
    while (text.length < 32)
      text += Math.floor(this.next() * 65536)
        .toString(16)
        .padStart(4, '0');
    return text;
  }
}

/** More keys than any process uses at once; beyond either the memory starts anew. */
const MAX_KEYS = 50_000;
const MAX_CHARACTERS = 4_000_000;
/** Longer keys are made each time: they are no cache's own, but what somebody sent. */
const MAX_KEY_CHARACTERS = 400;

/**
 * Remembers what the parts of a key make. A joined key is a new string each time, which has to be joined, checked and
 * hashed before a map finds it: that is more than all the rest of a hit in memory.
 */
export class KeyMemo<T> {
  private single = new Map<string, T>();
  private nested = new Map<string, Map<string, T>>();
  /** Keys that are asked for together often have the first part in common. */
  private lastFirst: string | null = null;
  private lastOwn: Map<string, T> | undefined;
  private size = 0;
  private characters = 0;

  constructor(private readonly make: (parts: readonly string[]) => T) {}

  /** Only keys of one and two parts are remembered, and only short ones that can be keys. */
  of(parts: readonly string[] | string): T {
    if (typeof parts === 'string') return this.single.get(parts) ?? this.remember([parts]);
    const first = parts[0]; // Not by a pattern, which would go through an iterator at each hit.
    const second = parts[1];
    if (parts.length !== 2 || first === undefined || second === undefined) return this.make(parts);
    if (first !== this.lastFirst) {
      this.lastFirst = first;
      this.lastOwn = this.nested.get(first);
    }
    return this.lastOwn?.get(second) ?? this.remember(parts);
  }

  private remember(parts: readonly string[]): T {
    const made = this.make(parts);
    const [first = '', second] = parts;
    const characters = first.length + (second?.length ?? 0);
    if (characters > MAX_KEY_CHARACTERS) return made;
    if (this.size >= MAX_KEYS || this.characters + characters > MAX_CHARACTERS) this.forget();
    this.size++;
    this.characters += characters;
    if (second === undefined) this.single.set(first, made);
    else {
      const own = this.nested.get(first) ?? new Map<string, T>();
      own.set(second, made);
      this.nested.set(first, own);
      this.lastFirst = null;
    }
    return made;
  }

  private forget(): void {
    this.single = new Map();
    this.nested = new Map();
    this.lastFirst = null;
    this.size = 0;
    this.characters = 0;
  }
}

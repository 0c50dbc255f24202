/** How often each declared rule changed a value, by `column: rule`. A range is counted apart, and added once it is settled. */
export class RuleCount {
  private readonly counts = new Map<string, number>();

  add(column: string, rule: string, times = 1): void {
    const name = `${column}: ${rule}`;
    this.counts.set(name, (this.counts.get(name) ?? 0) + times);
  }

  merge(other: RuleCount): void {
    for (const [name, times] of other.counts) this.counts.set(name, (this.counts.get(name) ?? 0) + times);
  }

  toJSON(): Record<string, number> {
    return Object.fromEntries([...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

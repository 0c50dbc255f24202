/** Whether the process still wants requests. Readiness reads it; the shutdown sets it, once. */
export class Lifecycle {
  #draining = false;

  get isDraining(): boolean {
    return this.#draining;
  }

  drain(): void {
    this.#draining = true;
  }
}

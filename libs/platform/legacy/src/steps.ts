import { setImmediate as nextTurn } from 'node:timers/promises';

/** Work in short steps. No legacy writer waits for it where it yields, and it cleans up when it is thrown an error. */
export type Steps<Result> = Generator<void, Result>;

/** About how long a step takes that could be of any length. */
export const stepMs = 50;

/** All steps at once. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The steps with a turn of the event loop after each. Throws the signal's reason, after the clean-up, when it is aborted. */
export async function inTurns<Result>(steps: Steps<Result>, signal: AbortSignal | undefined): Promise<Result> {
  for (let step = steps.next(); ;) {
    if (step.done) return step.value;
    await nextTurn();
    step = signal?.aborted ? steps.throw(signal.reason) : steps.next();
  }
}

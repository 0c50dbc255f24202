import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { messageOf } from '@sluice/core';

const POLL_MS = 20;
/** Nothing waits so long where all is well; a disk that stands still for half a minute is not what a test is about. */
const DEADLINE_MS = 90_000;

export interface UntilOptions {
  /** What is waited for, in words; the question's own text unless given. */
  readonly what?: string;
  /** What else a reader wants to know where it did not become so. */
  readonly known?: () => unknown;
  /** For a server that is away meanwhile. Elsewhere a question that fails is wrong, and `until` rejects with its failure at once. */
  readonly failureIsNo?: boolean;
}

type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

/** Asks until the answer is truthy, and gives it; rejects with what was waited for and what is known after 90 s. */
export async function until<T>(ask: () => T | Promise<T>, options: UntilOptions = {}): Promise<Truthy<T>> {
  const { what = ask.toString(), known, failureIsNo = false } = options;
  const deadline = performance.now() + DEADLINE_MS; // A test may set the clock.
  let failure: unknown;
  do {
    try {
      const answer = await ask();
      failure = undefined;
      if (answer) return answer as Truthy<T>;
    } catch (error) {
      if (!failureIsNo) throw error;
      failure = error;
    }
    await delay(POLL_MS);
  } while (performance.now() < deadline);
  const words = [`Waited ${DEADLINE_MS / 1_000} s in vain until ${what}`];
  if (failure !== undefined) words.push(`It failed: ${messageOf(failure)}`);
  if (known) words.push(`Known: ${inspect(await known(), { depth: 6 })}`);
  throw new Error(words.join('\n'), { cause: failure });
}

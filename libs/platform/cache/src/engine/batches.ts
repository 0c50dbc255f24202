/** Of one command: a larger one keeps other clients waiting, and is answered too late for its own. */
const MAX_ITEMS = 500;
const MAX_BYTES = 1024 * 1024;

/** Does the work for so many items at a time, one batch after the other; answers in the order of the items. */
export async function inBatches<T, R>(
  items: readonly T[],
  work: (batch: readonly T[]) => Promise<readonly R[]>,
  bytesOf: (item: T) => number = () => 0,
): Promise<R[]> {
  const answers: R[] = [];
  for (const batch of batchesOf(items, bytesOf)) for (const answer of await work(batch)) answers.push(answer);
  return answers;
}

function* batchesOf<T>(items: readonly T[], bytesOf: (item: T) => number): Generator<T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const more = bytesOf(item);
    if (batch.length === MAX_ITEMS || (batch.length > 0 && bytes + more > MAX_BYTES)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(item);
    bytes += more;
  }
  if (batch.length > 0) yield batch;
}

/** Waits as long as the rows so far are ahead of the rate; ends at once when the signal is aborted. */
export type Pace = (rows: number, signal: AbortSignal) => Promise<void>;

/** `maxRate` is in rows a second; without one nobody waits. */
export function paceOf(maxRate: number | undefined): Pace {
  const startedMs = Date.now();
  let total = 0;
  return async (rows, signal) => {
    if (maxRate === undefined) return;
    total += rows;
    const aheadMs = (total / maxRate) * 1000 - (Date.now() - startedMs);
    if (aheadMs > 0) await pause(aheadMs, signal);
  };
}

/** Ends at once when the signal is aborted, without an error. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

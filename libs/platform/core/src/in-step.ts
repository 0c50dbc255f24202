/**
 * Milliseconds until the clock shows a multiple of `everyMs`, half of it to one and a half. Timers that are set so fall
 * together, and an idle process is woken up once for all of them.
 */
export function inStepMs(everyMs: number, nowMs: number = Date.now()): number {
  const leftMs = everyMs - (nowMs % everyMs);
  return leftMs < everyMs / 2 ? leftMs + everyMs : leftMs;
}

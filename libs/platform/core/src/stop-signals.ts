/** Node takes no heed of `nohup`: without a handler SIGHUP would kill the process. */
const STOP_SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

export type StopSignal = (typeof STOP_SIGNALS)[number];

/** `npm start` passes a terminal's Ctrl-C on, and shell and system both hang up, so that one wish arrives twice. */
const SAME_SIGNAL_MS = 500;

/** Tells of the first signal that asks this process to stop, and of a later one: whoever asks again does not want to wait. */
export function onStopSignal(first: (name: StopSignal) => void, again: () => void): void {
  let askedMs: number | undefined;
  const asked = (name: StopSignal): void => {
    const nowMs = performance.now();
    if (askedMs === undefined) {
      askedMs = nowMs;
      first(name);
    } else if (nowMs - askedMs > SAME_SIGNAL_MS) again();
  };
  for (const name of STOP_SIGNALS) process.on(name, () => asked(name));
}

/**
 * Ends the process that SIGHUP has stopped, by that signal; a shell makes 129 of it. At an end of its own Node aborts, because
 * it cannot put a closed terminal in order.
 */
export function dieOfHangUp(): void {
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
  // The kernel spares the first process of a container a signal of its own.
  setTimeout(() => process.exit(129), 1_000);
}

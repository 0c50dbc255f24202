import { loadSettings } from '@sluice/config';
import { dieOfHangUp, DomainError, onStopSignal, type ErrorKind, type StopSignal } from '@sluice/core';
import { startApi } from './start-api';

const exitCodes: Partial<Record<ErrorKind, number>> = { usage: 2, invalid: 2, refused: 3, unavailable: 6 };

// A log on a full disk, a collector that is gone, or a terminal that was closed: requests are answered all the same.
process.stderr.on('error', () => undefined);

/**
 * Runs until SIGTERM, SIGINT or SIGHUP, also while it still starts; then ends cleanly, with 0 or of the SIGHUP. Another signal
 * ends it at once.
 */
async function main(): Promise<void> {
  const starting = startApi(loadSettings());
  const end = (name: StopSignal): void => (name === 'SIGHUP' ? dieOfHangUp() : process.exit(0));
  onStopSignal(
    (name) => void starting.then((api) => api.close()).then(() => end(name), fail),
    () => process.exit(1),
  );
  await starting;
}

function fail(error: unknown): void {
  const known = error instanceof DomainError ? error : null;
  process.stderr.write(known ? `${known.code}: ${known.message} ${known.remedy ?? ''}\n` : `${String(error)}\n`);
  if (!known && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  process.exit(known ? (exitCodes[known.kind] ?? 1) : 1);
}

main().catch(fail);

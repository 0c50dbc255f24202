import { loadSettings } from '@sluice/config';
import { DomainError, type ErrorKind } from '@sluice/core';
import { startApi } from './start-api';

const exitCodes: Partial<Record<ErrorKind, number>> = { usage: 2, invalid: 2, refused: 3, unavailable: 6 };

/** Runs until SIGTERM or SIGINT, also while it still starts; then ends cleanly with 0. A second signal ends it at once. */
async function main(): Promise<void> {
  const starting = startApi(loadSettings());
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    void starting.then((api) => api.close()).then(() => process.exit(0), fail);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  await starting;
}

function fail(error: unknown): void {
  const known = error instanceof DomainError ? error : null;
  process.stderr.write(known ? `${known.code}: ${known.message} ${known.remedy ?? ''}\n` : `${String(error)}\n`);
  if (!known && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  process.exit(known ? (exitCodes[known.kind] ?? 1) : 1);
}

main().catch(fail);

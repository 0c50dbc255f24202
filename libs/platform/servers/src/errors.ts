import { DomainError } from '@sluice/core';

/** A local server could not be started; the message ends with the last lines of the server's own log. */
export class ServerStartError extends DomainError {
  readonly code = 'SERVERS_START_FAILED';
  readonly kind = 'unavailable';
}

/** Another process runs a server on the same data folder. */
export class DataDirInUseError extends DomainError {
  readonly code = 'SERVERS_DATA_DIR_IN_USE';
  readonly kind = 'refused';

  constructor(
    readonly dataDir: string,
    readonly holderPid: number | null,
  ) {
    super(`The data folder ${dataDir} is in use by another server${holderPid ? ` (process ${holderPid})` : ''}.`, {
      remedy: 'Stop the other program, or give this one a data folder of its own.',
    });
  }
}

/** This machine has no program for the server that was asked for. */
export class ServerMissingError extends DomainError {
  readonly code = 'SERVERS_PROGRAM_MISSING';
  readonly kind = 'unavailable';
}

import { DomainError } from '@sluice/core';

/** The address cannot be listened on: another process has the port, or the host is not this machine's. */
export class ListenError extends DomainError {
  readonly code = 'API_LISTEN';
  readonly kind = 'usage';

  constructor(address: string, cause: unknown) {
    super(`Cannot listen on ${address}.`, {
      cause,
      remedy: 'Set HOST and PORT to a free address; `sluice start` takes --port too.',
    });
  }
}

/** What sort of failure it is; decides the HTTP status and the exit code, so that no caller guesses from a message. */
export type ErrorKind =
  | 'usage' // the caller asked wrongly: exit 2, HTTP 400
  | 'invalid' // a value breaks a rule: exit 2, HTTP 422
  | 'unauthenticated' // nobody knows who asks: exit 3, HTTP 401
  | 'forbidden' // this caller may not: exit 3, HTTP 403
  | 'not-found' // exit 2, HTTP 404
  | 'conflict' // exit 3, HTTP 409
  | 'outdated' // what is to be changed is not what the caller saw: exit 3, HTTP 412
  | 'too-many' // more than the caller may ask for in this time: exit 6, HTTP 429
  | 'refused' // preflight says no and nothing was changed: exit 3
  | 'differs' // source and target are not equal: exit 5
  | 'unavailable' // a server is away: exit 6, HTTP 503
  | 'interrupted'; // stopped on request with a valid checkpoint: exit 130 or 143

/**
 * An expected failure. `code` is public and permanent: it is never renamed and never used for something else.
 * `remedy` is the next thing for the reader to do. Messages hold no secrets and no values of users.
 */
export abstract class DomainError extends Error {
  abstract readonly code: string;
  abstract readonly kind: ErrorKind;
  readonly remedy: string | undefined;

  constructor(message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.remedy = options.remedy;
  }
}

/** The message of anything that can be thrown, with the messages of its causes. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A host with two addresses refuses twice, and the error that holds both has no words of its own.
  if (error instanceof AggregateError && !error.message) return error.errors.map(messageOf).join('; ');
  return error.cause === undefined ? error.message : `${error.message} (${messageOf(error.cause)})`;
}

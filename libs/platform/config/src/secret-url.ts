import { inspect } from 'node:util';

/**
 * A URL that may hold a password. However it is printed (template, JSON, console, error), user, password and query are
 * masked; only `reveal` gives the real one, so that a search for that word finds every place where a secret leaves.
 */
export class SecretUrl {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  reveal(): string {
    return this.#url;
  }

  toString(): string {
    const url = new URL(this.#url);
    const user = url.username || url.password ? '***@' : '';
    return `${url.protocol}//${user}${url.host}${url.pathname}${url.search ? '?***' : ''}`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

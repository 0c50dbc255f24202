import { inspect } from 'node:util';

/**
 * Not by `URL`, which refuses addresses of several hosts (redis-sentinel://host,host/group). An `@` after the host means
 * that a password was not percent-encoded: nobody can say then where it ends, and nothing is shown.
 */
const FORM = /^([^:]*:\/\/)(?:([^/?#]*)@)?([^@?#]*)(\?[^@#]*)?(?:#[^@]*)?$/;

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
    const [, start = '', user, place = '', query] = FORM.exec(this.#url) ?? [];
    if (!start) return `${this.#url.split(':', 1)[0]}://***`;
    return `${start}${user ? '***@' : ''}${place}${query ? '?***' : ''}`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

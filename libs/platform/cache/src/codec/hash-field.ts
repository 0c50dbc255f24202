import { CachePayloadError, CacheValueError } from './codec.errors';
import { json, type JsonOptions } from './json';

/** How one member of a value is a field of a Redis hash. Null, or undefined when it is read: the field is not there. */
export interface HashField<T> {
  readonly says: string;
  encode(value: T, name: string): string | null;
  decode(text: string | undefined, name: string): T;
}

const text: HashField<string> = {
  says: 'text',
  encode: (value, name) => {
    if (typeof value !== 'string' || !value.isWellFormed()) throw notA('Unicode text', name);
    return value;
  },
  decode: present,
};

/** The shortest decimal that is the same double, -0 included; not NaN and not infinite. */
const number: HashField<number> = {
  says: 'number',
  encode: (value, name) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw notA('a finite number', name);
    return Object.is(value, -0) ? '-0' : String(value);
  },
  decode: (stored, name) => {
    const value = Number(present(stored, name));
    if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(stored ?? '') || !Number.isFinite(value)) throw isNo('number', name);
    return value;
  },
};

const boolean: HashField<boolean> = {
  says: 'true or false',
  encode: (value, name) => {
    if (typeof value !== 'boolean') throw notA('true or false', name);
    return String(value);
  },
  decode: (stored, name) => {
    if (present(stored, name) !== 'true' && stored !== 'false') throw isNo('true or false', name);
    return stored === 'true';
  },
};

/** A nested value; the path of a fault is told from the member on. */
function jsonText<T>(options: JsonOptions<T> = {}): HashField<T> {
  const store = json(options);
  return {
    says: 'JSON',
    encode: (value) => store.encode(value),
    decode: (stored, name) => store.decode(present(stored, name)),
  };
}

/** Null is a field that is not there. */
const nullable = <T>(inner: HashField<T>): HashField<T | null> => ({
  says: `${inner.says} or null`,
  encode: (value, name) => (value === null ? null : inner.encode(value, name)),
  decode: (stored, name) => (stored === undefined ? null : inner.decode(stored, name)),
});

/** A member that is not there is a field that is not there. */
const optional = <T>(inner: HashField<T>): HashField<T | undefined> => ({
  says: `${inner.says}, optional`,
  encode: (value, name) => (value === undefined ? null : inner.encode(value, name)),
  decode: (stored, name) => (stored === undefined ? undefined : inner.decode(stored, name)),
});

export const field = { text, number, boolean, json: jsonText, nullable, optional };

function present(stored: string | undefined, name: string): string {
  if (stored === undefined) throw new CachePayloadError(`has no field ${JSON.stringify(name)}`);
  return stored;
}

const notA = (what: string, name: string) => new CacheValueError(`${name} of a cache value is not ${what}.`);
const isNo = (what: string, name: string) =>
  new CachePayloadError(`has in its field ${JSON.stringify(name)} what is not ${what}`);

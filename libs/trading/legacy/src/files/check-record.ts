import { isObject } from '@sluice/core';
import { parsePythonJson, writtenMembers } from '@sluice/migration';

export type CheckedObject = Readonly<Record<string, unknown>>;

/**
 * For the checkers of families, which share no parser with the readers. Throws `SyntaxError` for what is no JSON object, and
 * for one in which a name comes twice in an object of the first `levels`.
 */
export function checkObject(bytes: Buffer | string, levels = 1): CheckedObject {
  const text = bytes.toString();
  const object = asObject(parsePythonJson(text));
  for (let level = 1; level <= levels; level++) {
    if (writtenMembers(text, level) !== readMembers(object, level)) throw new SyntaxError('A name comes twice.');
  }
  return object;
}

function readMembers(value: unknown, level: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (level === 1) return Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, inner) => sum + readMembers(inner, level - 1), 0);
}

/** The object, if it has exactly these members and those of `texts` are texts; else throws `SyntaxError`. */
export function expectMembers(value: unknown, names: readonly string[], texts: readonly string[]): CheckedObject {
  const record = asObject(value);
  const isExact = Object.keys(record).length === names.length && names.every((name) => Object.hasOwn(record, name));
  if (!isExact) throw new SyntaxError('Other members.');
  if (!texts.every((name) => typeof record[name] === 'string')) throw new SyntaxError('Not a text.');
  return record;
}

export function asObject(value: unknown): CheckedObject {
  if (isObject(value)) return value;
  throw new SyntaxError('No object.');
}

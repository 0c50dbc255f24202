import { types } from 'node:util';
import type { DomainError } from '@sluice/core';
import { CacheValueError, CacheValueTooLargeError } from './codec.errors';

export const MAX_DEPTH = 1_000;
const MAX_PATH_CHARACTERS = 200;

type Step = string | number;

/** What is wrong, and the steps to it, the last one first: it is made where it is found and grows on the way back. */
export interface Fault {
  readonly what: string;
  readonly steps: Step[];
}

/** Text is checked only where it is known to matter: it is most of the cost. */
interface Walk {
  left: number;
  readonly checksText: boolean;
}

/**
 * Why JSON would not give a value back as it was; null where it would. One pass without allocations, which ends where the
 * value is surely over `maxBytes`: neither a cycle nor shared parts that multiply keep it busy.
 */
export function faultOf(value: unknown, maxBytes: number, checksText = false): DomainError | null {
  const walk = { left: maxBytes, checksText };
  const fault = walkValue(value, 0, walk);
  if (walk.left < 0) return new CacheValueTooLargeError(maxBytes);
  return fault && valueError(value, fault);
}

/** The first number in it that JSON would write as null; only for what JSON has written, which therefore has an end. */
export function lostNumberOf(value: unknown): DomainError | null {
  const lost = walkNumbers(value);
  return lost && valueError(value, lost);
}

function walkNumbers(value: unknown): Fault | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : fault(`is ${value}`);
  if (typeof value !== 'object' || value === null) return null;
  if (!Array.isArray(value) && !isPlain(value)) return null; // It wrote itself.
  for (const step of Object.keys(value)) {
    const found = walkNumbers((value as Record<string, unknown>)[step]);
    if (found) return below(Array.isArray(value) ? Number(step) : step, found);
  }
  return null;
}

export function valueError(root: unknown, { what, steps }: Fault): CacheValueError {
  const path = steps.toReversed();
  const cycle = what === tooDeep ? cycleIn(root, path) : null;
  return new CacheValueError(
    cycle ? `${shown(cycle)} of a cache value holds itself.` : `${shown(path)} of a cache value ${what}.`,
  );
}

export const fault = (what: string): Fault => ({ what, steps: [] });
export const tooDeep = `is nested deeper than ${MAX_DEPTH} levels`;

function walkValue(value: unknown, depth: number, walk: Walk): Fault | null {
  switch (typeof value) {
    case 'string':
      walk.left -= value.length + 2;
      return walk.checksText && !value.isWellFormed() ? fault(halfCharacter) : null;
    case 'number':
      walk.left -= 1;
      if (value - value !== 0) return fault(`is ${value}`);
      return value === 0 && 1 / value < 0 ? fault('is -0') : null;
    case 'boolean':
      walk.left -= 4;
      return null;
    case 'object':
      if (value === null) walk.left -= 4;
      else return depth === MAX_DEPTH ? fault(tooDeep) : walkMembers(value, depth + 1, walk);
      return null;
    default:
      return fault(value === undefined ? 'is undefined' : `is a ${typeof value}`);
  }
}

/** No deeper than any codec writes: a level of a Set is two in JSON. What reads values may then call itself. */
export const MAX_JSON_DEPTH = 2 * MAX_DEPTH + 4;

/** Whether what JSON gave is nested deeper than that; a text that is too short for it need not be asked about. */
export function isTooDeep(value: unknown, textLength: number): boolean {
  return textLength > 2 * MAX_JSON_DEPTH && isDeeper(value, MAX_JSON_DEPTH);
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isDeeper(item, levels - 1));
  for (const name in value) if (isDeeper((value as Record<string, unknown>)[name], levels - 1)) return true;
  return false;
}

const halfCharacter = 'holds half of a surrogate pair';

function walkMembers(value: object, depth: number, walk: Walk): Fault | null {
  walk.left -= 2;
  if (Array.isArray(value) && isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const found = walkValue(value[i], depth, walk);
      if (found) return below(i, found);
      if (walk.left < 0) return null;
    }
    return null;
  }
  if (!isPlain(value)) return fault(`is an instance of ${className(value)}`);
  for (const key in value) {
    walk.left -= key.length + 3;
    if (walk.checksText && !key.isWellFormed()) return fault('has a name with half of a surrogate pair');
    const found = walkValue((value as Record<string, unknown>)[key], depth, walk);
    if (found) return below(key, found);
    if (walk.left < 0) return null;
  }
  return hasSymbols(value) ? fault('has a member named by a symbol') : null;
}

export function below(step: Step, found: Fault): Fault {
  found.steps.push(step);
  return found;
}

export const hasSymbols = (value: object): boolean => Object.getOwnPropertySymbols(value).length > 0;

/** An object that is no more than its members, of this realm or another. */
export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}

/** An array of no class of its own: what is behind the arrays of every realm is an array itself. */
export function isArray(value: readonly unknown[]): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Array.prototype || Array.isArray(prototype);
}

export function className(value: object): string {
  const made: unknown = (Object.getPrototypeOf(value) as { constructor?: unknown }).constructor;
  return typeof made === 'function' && made.name !== '' ? made.name.slice(0, 60) : 'a class';
}

/** The way to the first part that is inside itself; null where the value is only deep. */
function cycleIn(root: unknown, path: readonly Step[]): readonly Step[] | null {
  const above = new Set<unknown>();
  let part = root;
  for (const [index, step] of path.entries()) {
    if (above.has(part)) return path.slice(0, index);
    above.add(part);
    part = types.isMap(part) || types.isSet(part) ? [...part][Number(step)] : (part as Record<Step, unknown>)[step];
  }
  return above.has(part) ? path : null;
}

/** `rows[3].at`, `["odd name"].x`. */
function shown(path: readonly Step[]): string {
  const text = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[A-Za-z_$][\w$]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  const joined = text.join('').replace(/^\./, '');
  if (joined === '') return 'The whole';
  return joined.length > MAX_PATH_CHARACTERS ? `${joined.slice(0, MAX_PATH_CHARACTERS)}…` : joined;
}

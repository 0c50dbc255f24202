import { DomainError } from '@sluice/core';
import { MAX_TTL_MS } from '../cache-store';

/** The longest delay of a Node timer; a longer one would fire at once. The limit of every option that becomes a timer. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** An option of a cache that no cache can work with. Names the option, what was given, and the limit. */
export class CacheOptionError extends DomainError {
  readonly code = 'CACHE_OPTION_INVALID';
  readonly kind = 'usage';
}

/**
 * A duration in whole milliseconds, from `min` (1 unless told) to `max` (`MAX_TTL_MS` unless told), both included. Throws
 * `CacheOptionError` for everything else, also at run time: options come from settings and from administrators.
 */
export function assertDurationMs(
  option: string,
  value: unknown,
  { min = 1, max = MAX_TTL_MS }: { readonly min?: number; readonly max?: number } = {},
): asserts value is number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return;
  throw new CacheOptionError(`${option} must be ${min} to ${max} whole milliseconds, not ${shown(value)}.`);
}

/** A part of a whole, from 0 to 1, both included. Throws `CacheOptionError`. */
export function assertPart(option: string, value: unknown): asserts value is number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return;
  throw new CacheOptionError(`${option} must be from 0 to 1, not ${shown(value)}.`);
}

/** A whole number, both ends included. Throws `CacheOptionError`. */
export function assertCount(option: string, value: unknown, min: number, max: number): asserts value is number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return;
  throw new CacheOptionError(`${option} must be ${min} to ${max}, not ${shown(value)}.`);
}

const SHOWN_CHARACTERS = 40;

/** Numbers as they are, text quoted and cut, of everything else only what it is. */
function shown(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value.slice(0, SHOWN_CHARACTERS));
  return value === null ? 'null' : typeof value;
}

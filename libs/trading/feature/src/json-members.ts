import { isObject } from '@sluice/core';

export type Members = Readonly<Record<string, unknown>>;

/** A JSON object as it is; an empty one for anything else. */
export const membersOf = (value: unknown): Members => (isObject(value) ? value : {});

/** A member of a JSON object by its own name; undefined where there is none, or no object. */
export const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

/** A member of a member. */
export const memberAt = (value: unknown, ...names: readonly string[]): unknown => names.reduce(memberOf, value);

export const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

/** A text that is not empty. */
export const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** The members of a JSON object with their names; none of anything else. */
export const entriesOf = (value: unknown): (readonly [string, unknown])[] => Object.entries(membersOf(value));

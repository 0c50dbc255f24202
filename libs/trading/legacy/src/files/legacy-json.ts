import { jsonMembers, JsonSliceError, jsonString, zoneSuffix, type Zone } from '@sluice/legacy';
import { jsonFault } from '@sluice/migration';

/** The members of a JSON object as slices of its text. */
export type Members = ReadonlyMap<string, string>;

/**
 * The members of a record of the legacy program, each of which must be known and there once. Throws `JsonSliceError` for
 * what is no JSON, a member that nobody maps, and one that comes twice; none of it was ever written by the legacy program.
 */
export function recordMembers(text: string, known: readonly string[]): Members {
  const members = objectMembers(text);
  for (const name of members.keys())
    if (!known.includes(name)) throw new JsonSliceError('has a member that is not known');
  return members;
}

/** The same, with members of any name. */
export function objectMembers(text: string): Members {
  const slices = jsonMembers(text);
  const fault = jsonFault(text);
  if (fault !== null) throw new JsonSliceError(fault);
  const members = new Map(slices.map(({ name, text: value }) => [name, value]));
  if (members.size < slices.length) throw new JsonSliceError('has a member twice');
  return members;
}

/** As JavaScript sorts texts: an order that two parsers have in common, whatever they make of names like `10`. */
export const byName = ([a]: [string, string], [b]: [string, string]): number => (a < b ? -1 : a > b ? 1 : 0);

/** A member that is a text; throws `JsonSliceError` where it is not there or is something else. */
export function textOf(members: Members, name: string): string {
  return jsonString(members.get(name) ?? '') ?? refuse(`has no text ${name}`);
}

/** A member that may be anything but absent. */
export const sliceOf = (members: Members, name: string): string => members.get(name) ?? refuse(`has no ${name}`);

/** A member that is a whole number. */
export function integerOf(members: Members, name: string): bigint {
  const slice = members.get(name) ?? '';
  return /^-?\d{1,18}$/.test(slice) ? BigInt(slice) : refuse(`has no whole number ${name}`);
}

/**
 * A time of the server's clock with the offset of its zone. The legacy program writes it without a zone, or with a `Z` that
 * is not true; an offset it has is believed.
 */
export const serverTime = (time: string, zone: Zone): string =>
  /[+-]\d\d:?\d\d$/.test(time) ? time : `${time.replace(/Z$/, '')}${zoneSuffix[zone]}`;

/** True where a text can be what the legacy program wanted to write: an object to its end. */
export function isWholeObject(bytes: Buffer): boolean {
  try {
    jsonMembers(bytes.toString());
    return true;
  } catch (error) {
    if (error instanceof JsonSliceError) return false;
    throw error;
  }
}

function refuse(what: string): never {
  throw new JsonSliceError(what);
}

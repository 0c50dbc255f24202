import * as v from 'valibot';

type Reading = v.GenericSchema<string, unknown>;

/** A variable that need not be set. `about` says what it is for, and what holds without it. */
export const optional = <const Schema extends Reading>(schema: Schema, about: string) =>
  v.pipe(v.optional(schema), v.description(about));

/** A variable with a default, written as the environment would have it. */
export const preset = <const Schema extends Reading>(schema: Schema, value: v.InferInput<Schema>, about: string) =>
  v.pipe(
    v.optional(schema, () => value),
    v.description(about),
  );

/** `a,b`, each of which must be good. */
export const listOf = (good: (part: string) => boolean, rule: string) =>
  v.pipe(
    v.string(),
    v.transform((text) => text.split(',').map((part) => part.trim())),
    v.check((parts) => parts.every(good), rule),
  );

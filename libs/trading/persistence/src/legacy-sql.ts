import { Prisma } from '@sluice/postgres';

/** A column name of our own tables; never a value from outside. */
const identifier = (name: string): Prisma.Sql => Prisma.raw(`"${name}"`);

/**
 * A time as the legacy rows hold it: true UTC, ISO with `T`, six digits of microseconds that are omitted when zero, and no
 * zone mark. Selected as text because a JavaScript Date would cut the microseconds.
 */
export function utcText(column: string): Prisma.Sql {
  const written = Prisma.sql`to_char(${identifier(column)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')`;
  return Prisma.sql`regexp_replace(${written}, '[.]000000$', '')`;
}

/** `column = value`. A text with a NUL equals nothing: Postgres cannot hold it, and would fail on it as a parameter. */
export function equals(column: string, value: string): Prisma.Sql {
  return value.includes('\0') ? Prisma.sql`false` : Prisma.sql`${identifier(column)} = ${value}`;
}

/** All of the conditions that are there, or everything where there is none. */
export function where(conditions: readonly (Prisma.Sql | false)[]): Prisma.Sql {
  const given = conditions.filter((condition) => condition !== false);
  return given.length === 0 ? Prisma.empty : Prisma.sql`WHERE ${Prisma.join(given, ' AND ')}`;
}

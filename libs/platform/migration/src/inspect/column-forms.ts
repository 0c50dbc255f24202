import type { Conversion } from '../mapping/conversion';
import { quoteName } from '../exact/legacy-value';

/**
 * The forms of a column's values, told apart by SQLite itself in one pass over the table: the name of the form and the SQL
 * condition, tried in this order. A value of a `plain` form arrives as it is; of a form with a `rule` it is normalised by
 * it; every other value is looked at one by one.
 */
export interface Form {
  readonly name: string;
  readonly sql: string;
  readonly plain?: boolean;
  readonly rule?: string;
  /** A hazard that is stored as it is: worth a count, not a look. */
  readonly stored?: { readonly code: string; readonly about: string };
}

/** Beyond so many rows JSON is judged by SQLite alone, which does not see everything; the load does. */
export const JSON_ROWS_READ = 50_000;

export function formsOf(column: string, conversion: Conversion, rows: bigint): Form[] {
  const c = quoteName(column);
  const nulls: Form = { name: 'NULL', sql: `${c} IS NULL`, plain: conversion.nullable };
  const others: Form[] = ['integer', 'real', 'blob'].map((name) => ({ name, sql: `typeof(${c}) = '${name}'` }));
  const empty: Form = {
    name: 'empty text',
    sql: `${c} = ''`,
    ...(conversion.kind === 'text' ? { stored: { code: 'B28', about: 'an empty text, kept apart from NULL' } } : {}),
  };
  return [nulls, ...typedForms(c, conversion, rows), empty, ...others, { name: 'other text', sql: '1' }];
}

function typedForms(c: string, conversion: Conversion, rows: bigint): Form[] {
  switch (conversion.kind) {
    case 'text':
      return [{ name: 'ASCII text', sql: `typeof(${c}) = 'text' AND ${c} <> '' AND ${ascii(c)}`, plain: true }];
    case 'integer':
      return [{ name: 'integer', sql: `typeof(${c}) = 'integer'`, plain: true }];
    case 'float':
      return [{ name: 'real', sql: `typeof(${c}) = 'real' AND abs(${c}) < 9e999`, plain: true }];
    case 'decimal': {
      const fits = `typeof(${c}) = 'real' AND abs(${c}) < 1e${Math.min(conversion.precision - conversion.scale, 15)}`;
      return [
        {
          name: `real, at most ${conversion.scale} decimals`,
          sql: `${fits} AND round(${c}, ${conversion.scale}) = ${c}`,
          plain: true,
        },
        { name: `real, more than ${conversion.scale} decimals`, sql: fits, rule: 'rounded' },
      ];
    }
    case 'boolean':
      return [{ name: '0 or 1', sql: `typeof(${c}) = 'integer' AND ${c} IN (0, 1)`, plain: true }];
    case 'date':
      return [{ name: 'YYYY-MM-DD', sql: `${day(c)} AND length(${c}) = 10 AND octet_length(${c}) = 10`, plain: true }];
    case 'timestamp':
      return timestampForms(c);
    case 'json':
      return rows > JSON_ROWS_READ ? jsonForms(c) : [];
  }
}

/** Valid UTF-8 without a NUL, because only bytes 01 to 7E occur and SQLite's length is the length in bytes. */
const ascii = (c: string): string => `octet_length(${c}) = length(${c}) AND ${c} NOT GLOB ('*[^' || char(1) || '-~]*')`;

/** Begins with a real day of the years 1 to 9999. */
const day = (c: string): string =>
  `typeof(${c}) = 'text' AND ${c} GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]*' AND ${c} >= '0001' AND date(substr(${c}, 1, 10)) = substr(${c}, 1, 10)`;

function timestampForms(c: string): Form[] {
  const clock = `${day(c)} AND substr(${c}, 12) GLOB '[0-2][0-9]:[0-5][0-9]:[0-5][0-9]*' AND substr(${c}, 12, 2) < '24'`;
  const at = (separator: string): string =>
    `octet_length(${c}) = length(${c}) AND substr(${c}, 11, 1) = '${separator}' AND ${clock}`;
  const tail = (glob: string): string => `substr(${c}, 20) GLOB '${glob}'`;
  const digits = '.' + '[0-9]'.repeat(6);
  const form = (name: string, separator: string, ...globs: string[]): Form => ({
    name,
    sql: `${at(separator)} AND (${globs.map(tail).join(' OR ')})`,
    plain: true,
  });
  return [
    form('date time', ' ', '', digits),
    form('dateTtime', 'T', '', digits),
    form('dateTtimeZ', 'T', 'Z', `${digits}Z`),
    form('dateTtime+offset', 'T', '[+]05:30', `${digits}[+]05:30`, '[+]00:00', `${digits}[+]00:00`),
    { name: 'date only', sql: `${day(c)} AND length(${c}) = 10 AND octet_length(${c}) = 10`, rule: 'date-only' },
  ];
}

/** Without GLOB, which takes longer over a payload than everything else together. */
function jsonForms(c: string): Form[] {
  const simple = `typeof(${c}) = 'text' AND octet_length(${c}) = length(${c}) AND instr(${c}, '\\u0000') = 0 AND instr(lower(${c}), '\\ud') = 0 AND json_valid(${c})`;
  return [
    { name: 'JSON object', sql: `${simple} AND substr(${c}, 1, 1) = '{'`, plain: true },
    { name: 'JSON array', sql: `${simple} AND substr(${c}, 1, 1) = '['`, plain: true },
    { name: 'JSON scalar', sql: simple, plain: true },
  ];
}

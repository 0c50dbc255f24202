import type { LegacyTableInfo } from '@sluice/legacy';
import { bytesOf } from '../byte-bound';
import { QUOTE, quoted, type LayoutColumn } from './row-layout';

/** What the statements need to know of the table. */
export interface SourceShape {
  readonly info: LegacyTableInfo;
  readonly key: string;
  readonly layout: readonly LayoutColumn[];
  /** Columns whose every value goes through a function, with the column of its witness: relabelled timestamps. */
  readonly witnesses: ReadonlyMap<string, string>;
  /** Timestamps that have a blank in the place of the `T`, by a look at one row: a hint, and never more. */
  readonly blank: ReadonlySet<string>;
  /** Whether TEXT can be taken as its bytes: not in UTF-16 files. */
  readonly utf8: boolean;
}

/**
 * The quick form of a range: how many rows, and all of them as one blob in the target's own bytes, made by SQLite. A row
 * in which a value has an unusual storage class, or a text with a QUOTE, is marked by `verify_odd` and done by the exact
 * form. All other mistakes of the quick form are harmless, because they give bytes that PostgreSQL never prints: `1.5` or
 * `abc` in an integer, 31 February in a timestamp, a NUL in a text. So equal bytes mean equal values, and unequal bytes
 * are looked at again by the exact form.
 */
export function quickStatement(shape: SourceShape, withoutKeys: boolean): string {
  const odd = oddConditions(shape);
  const row = rowExpression(shape);
  const line =
    odd.length > 0 ? `CASE WHEN ${odd.join(' OR ')} THEN verify_odd(${quoted(shape.key)}) ELSE ${row} END` : row;
  return `SELECT count(*), CAST(group_concat(${line}, '') AS BLOB) ${rangeOf(shape, withoutKeys)}`;
}

/** The exact form: per row the key, a letter per column for its storage class, and the values, TEXT as bytes. */
export function exactStatement(shape: SourceShape, where: 'range' | 'range-without' | 'keys'): string {
  const names = shape.layout.map(({ name }) => quoted(name));
  const witnesses = [...shape.witnesses.values()].map(quoted);
  const all = [...names, ...witnesses];
  const classes = all.map((name) => `substr(typeof(${name}), 1, 1)`).join(' || ');
  const values = all.map((name) =>
    shape.utf8 ? `iif(typeof(${name}) = 'text', CAST(${name} AS BLOB), ${name})` : name,
  );
  return `SELECT ${quoted(shape.key)}, ${classes}, ${values.join(', ')} ${rowsOf(shape, where)}`;
}

/** Where a range that begins at a key and has so many rows ends. */
export function boundStatement(shape: SourceShape): string {
  const key = quoted(shape.key);
  return `SELECT ${key} FROM ${quoted(shape.info.name)} NOT INDEXED WHERE ${key} >= ? ORDER BY ${key} LIMIT 1 OFFSET ?`;
}

/** The bytes of a range's texts, as far as they get into its quick form as they are; null where there are none. */
export function textBytesStatement(shape: SourceShape): string | null {
  const texts = shape.layout.filter(({ conversion }) => ['json', 'text', 'date'].includes(conversion.kind));
  if (texts.length === 0) return null;
  return `SELECT sum(${bytesOf(texts.map(({ name }) => name))}) ${rangeOf(shape, false)}`;
}

/** Per row the key and the bytes of all its values. */
export function sizesStatement(shape: SourceShape, where: 'range' | 'range-without' | 'keys'): string {
  const bytes = bytesOf([...shape.layout.map(({ name }) => name), ...shape.witnesses.values()]);
  return `SELECT ${quoted(shape.key)}, ${bytes} ${rowsOf(shape, where)}`;
}

/** The rows of a range, or those with the keys of a list, in key order. */
function rowsOf(shape: SourceShape, where: 'range' | 'range-without' | 'keys'): string {
  if (where !== 'keys') return rangeOf(shape, where === 'range-without');
  const key = quoted(shape.key);
  return `FROM ${quoted(shape.info.name)} WHERE ${key} IN (SELECT value FROM json_each(?)) ORDER BY ${key}`;
}

function rangeOf(shape: SourceShape, withoutKeys: boolean): string {
  const key = quoted(shape.key);
  const without = withoutKeys ? ` AND ${key} NOT IN (SELECT value FROM json_each(?))` : '';
  return `FROM ${quoted(shape.info.name)} NOT INDEXED WHERE ${key} BETWEEN ? AND ?${without}`;
}

/** A column of TEXT affinity holds no numbers; SQLite's documentation of column affinity, rule 2. */
function holdsNumbers({ info }: SourceShape, name: string): boolean {
  const declared = info.columns.find((column) => column.name === name)?.declaredType.toUpperCase() ?? '';
  return declared.includes('INT') || !/CHAR|CLOB|TEXT/.test(declared);
}

/** Comparisons of storage classes: numbers < texts < blobs. The `+` keeps the column's affinity out of them. */
function oddConditions(shape: SourceShape): string[] {
  const conditions: string[] = [];
  const texts: string[] = [];
  for (const { name, conversion } of shape.layout) {
    const column = quoted(name);
    const required = !conversion.nullable && !shape.info.columns.find((known) => known.name === name)?.notNull;
    if (required && name !== shape.key) conditions.push(`${column} IS NULL`);
    if (conversion.kind === 'boolean') conditions.push(`typeof(${column}) NOT IN ('integer', 'null')`);
    if (conversion.kind === 'integer' && name !== shape.key) conditions.push(`+${column} >= ''`);
    // `typeof` does not load a long text from its overflow pages; on short ones a comparison is cheaper.
    if (conversion.kind === 'json') conditions.push(`typeof(${column}) NOT IN ('text', 'null')`);
    if (['text', 'timestamp', 'date'].includes(conversion.kind)) conditions.push(`+${column} >= x''`);
    if (conversion.kind === 'text' && holdsNumbers(shape, name)) conditions.push(`+${column} < ''`);
    if (conversion.kind === 'text') texts.push(column);
  }
  const all = texts.length > 1 ? `concat(${texts.join(', ')})` : texts[0];
  return all ? [...conditions, `instr(${all}, char(${QUOTE}))`] : conditions;
}

/** `concat` and not `||`: it takes NULL for nothing, and copies a long JSON once and not once per column behind it. */
function rowExpression(shape: SourceShape): string {
  const json = shape.layout.filter(({ conversion }) => conversion.kind === 'json');
  const doubles = shape.layout.filter(({ conversion }) => conversion.kind === 'float');
  const others = shape.layout.filter((column) => !json.includes(column) && !doubles.includes(column));
  const parts = json.flatMap(({ name }) => [`coalesce(octet_length(${quoted(name)}) || ':', '-')`, quoted(name)]);
  const fields = others.map((column) => fieldParts(shape, column));
  if (doubles.length > 0) fields.push([`verify_floats(${doubles.map(({ name }) => quoted(name)).join(', ')})`]);
  for (const [index, field] of fields.entries()) parts.push(...(index === 0 ? [] : [`'\x02'`]), ...field);
  return concat(merged([...parts, `'\n'`]));
}

/** Neighbouring literals as one. */
function merged(parts: readonly string[]): string[] {
  const isLiteral = (part: string | undefined): boolean => /^'[\x01\x02\n]+'$/.test(part ?? '');
  return parts.reduce<string[]>((all, part) => {
    const last = all.at(-1);
    if (last === undefined || !isLiteral(last) || !isLiteral(part)) return [...all, part];
    return [...all.slice(0, -1), last.slice(0, -1) + part.slice(1)];
  }, []);
}

/** SQLite allows a function at least 100 arguments. */
function concat(parts: readonly string[]): string {
  if (parts.length <= 100) return `concat(${parts.join(', ')})`;
  return concat([concat(parts.slice(0, 100)), ...parts.slice(100)]);
}

function fieldParts(shape: SourceShape, column: LayoutColumn): string[] {
  const name = quoted(column.name);
  if (column.conversion.kind !== 'text') return [fieldExpression(shape, column)];
  return column.conversion.nullable ? [`'\x01' || ${name} || '\x01'`] : [`'\x01'`, name, `'\x01'`];
}

function fieldExpression(shape: SourceShape, column: LayoutColumn): string {
  const name = quoted(column.name);
  switch (column.conversion.kind) {
    case 'boolean':
      return `CASE ${name} WHEN 0 THEN 'f' WHEN 1 THEN 't' WHEN ${name} THEN '\x03' END`;
    case 'decimal':
      return decimalExpression(shape, column);
    case 'timestamp':
      return stampExpression(shape, column);
    default:
      return name;
  }
}

/** One value by the exact rules. Its class goes along, because the driver cuts a TEXT at a NUL: it travels as bytes. */
function exactExpression(shape: SourceShape, column: LayoutColumn): string {
  const witness = shape.witnesses.get(column.name);
  const typed = (name: string): string =>
    `substr(typeof(${name}), 1, 1), iif(typeof(${name}) = 'text', CAST(${name} AS BLOB), ${name})`;
  const values = `${typed(quoted(column.name))}, ${witness ? typed(quoted(witness)) : "'n', NULL"}`;
  return `verify_value(${shape.layout.indexOf(column)}, ${quoted(shape.key)}, ${values})`;
}

/**
 * A double whose product with `10^scale` is further from a half than the product can be wrong (half a unit in its last
 * place) rounds as the product does; SQLite prints `n / 10^scale`, the double nearest to that decimal. Such a rounding is
 * not counted as a rule here, the load does that; others are rounded exactly by a function.
 */
function decimalExpression(shape: SourceShape, column: LayoutColumn): string {
  const { conversion } = column;
  if (conversion.kind !== 'decimal') throw new Error(`${column.name} is no decimal`);
  const name = `+${quoted(column.name)}`;
  const power = 10 ** conversion.scale;
  const limit = Math.min(2 ** 50, 10 ** conversion.precision) / power;
  const product = `${name} * ${power}.0`;
  const certain = `abs(${product} - CAST(${product} AS INTEGER) - 0.5) > ${product} * 2.3e-16`;
  const units = `CAST(${product} + 0.5 AS INTEGER)`;
  if (conversion.scale > 15) return exactExpression(shape, column);
  return `CASE WHEN ${name} >= 0 AND ${name} < ${limit} AND ${certain} THEN printf('%.${conversion.scale}f', ${units} / ${power}.0) WHEN ${name} IS NOT NULL THEN ${exactExpression(shape, column)} END`;
}

/**
 * The forms that Python and SQLite write; whatever else there is goes through a function. Lengths are in bytes, so that a
 * text with a NUL is none of these forms.
 */
function stampExpression(shape: SourceShape, column: LayoutColumn): string {
  const { conversion } = column;
  const name = quoted(column.name);
  const other = `WHEN ${name} IS NOT NULL THEN ${exactExpression(shape, column)} END`;
  if (shape.witnesses.has(column.name) || conversion.kind !== 'timestamp') return `CASE ${other}`;
  const blank = shape.blank.has(column.name);
  const printed = (text: string): string => (blank ? `${text} || '+00'` : `replace(${text}, 'T', ' ') || '+00'`);
  const trimmed = (text: string): string => printed(`rtrim(rtrim(${text}, '0'), '.')`);
  const fraction = (tail: string, from: number): string =>
    `octet_length(${name}) BETWEEN ${from} AND ${from + 5} AND ${name} GLOB '????-??-??${blank ? ' ' : '[T ]'}??:??:??.${tail}'
     AND instr(substr(${name}, 21), '.') = 0`;
  const labelled = `substr(${name}, 1, octet_length(${name}) - 1)`;
  const naive = [
    `WHEN octet_length(${name}) = 19 THEN ${printed(name)}`,
    `WHEN ${fraction('*[0-9]', 21)} THEN ${trimmed(name)}`,
  ];
  return `CASE ${conversion.zone === 'UTC' ? naive[0] : ''}
    WHEN ${fraction('*[0-9]Z', 22)} THEN ${trimmed(labelled)}
    WHEN octet_length(${name}) = 20 AND substr(${name}, 20) = 'Z' THEN ${printed(labelled)}
    ${conversion.zone === 'UTC' ? naive[1] : ''} ${other}`;
}

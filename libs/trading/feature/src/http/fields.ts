import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { isDay, parseBound } from '../legacy-time';
import { ANY_JSON } from './any-json';

interface Field {
  readonly description: string;
  readonly example?: unknown;
  /** It may be left out; with `nullable` it may be null as well. */
  readonly optional?: boolean;
  readonly nullable?: boolean;
  readonly default?: unknown;
}

/** Documents a field and says when its rules do not apply. Lengths and ranges are documented with their rules. */
function field({ optional = false, nullable = false, ...shown }: Field, schema: object, rules: PropertyDecorator[]) {
  const isOpen = optional || nullable;
  return applyDecorators(
    ApiProperty({ ...shown, ...schema, required: !optional, ...(nullable ? { nullable } : {}) } as ApiPropertyOptions),
    ...(isOpen ? [ValidateIf((_o, value) => !(optional && value === undefined) && !(nullable && value === null))] : []),
    ...rules,
  );
}

/** Text of 1 to `maxLength` characters; an empty one where `minLength` is 0. */
export function TextField(
  options: Field & { maxLength: number; minLength?: number; pattern?: RegExp },
): PropertyDecorator {
  const { maxLength, minLength = 1, pattern, ...about } = options;
  const schema = { type: 'string', minLength, maxLength, ...(pattern ? { pattern: pattern.source } : {}) };
  return field(about, schema, [
    ...[IsString(), MinLength(minLength), MaxLength(maxLength)],
    ...(pattern ? [Matches(pattern)] : []),
  ]);
}

/** True or false of a body; text is neither. */
export function BooleanField(options: Field): PropertyDecorator {
  return field(options, { type: 'boolean' }, [IsBoolean()]);
}

/** One of a few texts. */
export function ChoiceField(options: Field & { choices: readonly string[] }): PropertyDecorator {
  const { choices, ...about } = options;
  return field(about, { type: 'string', enum: [...choices] }, [IsIn(choices)]);
}

/** A finite number within its range. */
export function NumberField(options: Field & { minimum?: number; maximum?: number }): PropertyDecorator {
  const { minimum, maximum, ...about } = options;
  const schema = {
    type: 'number',
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
  };
  const isWithin = (value: unknown): boolean =>
    typeof value === 'number' && value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity);
  const range = `must be from ${minimum ?? 'anything'} to ${maximum ?? 'anything'}`;
  const isBounded = minimum !== undefined || maximum !== undefined;
  return field(about, schema, [
    IsNumber(),
    ...(isBounded
      ? [ValidateBy({ name: 'range', validator: { validate: isWithin } }, { message: `$property ${range}` })]
      : []),
  ]);
}

/** A whole number within its range. */
export function IntegerField(options: Field & { minimum: number; maximum: number }): PropertyDecorator {
  const { minimum, maximum, ...about } = options;
  return field(about, { type: 'integer', minimum, maximum }, [IsInt(), Min(minimum), Max(maximum)]);
}

/** An exact decimal as text, not negative: at most `digits` before the point and `scale` after it. */
export function DecimalField(options: Field & { digits: number; scale: number }): PropertyDecorator {
  const { digits, scale, ...about } = options;
  const pattern = new RegExp(`^\\d{1,${digits}}(\\.\\d{1,${scale}})?$`);
  const message = `$property must be a decimal as text, of at most ${digits} digits and ${scale} behind the point`;
  return field(about, { type: 'string', pattern: pattern.source }, [Matches(pattern, { message })]);
}

/** ISO 8601; without an offset it is UTC. Read by `parseBound`. */
export function TimeField(options: Field): PropertyDecorator {
  const isTime = (value: unknown): boolean =>
    typeof value === 'string' && value.length <= 40 && parseBound(value) !== undefined;
  const message = '$property must be a time in ISO 8601; without an offset it is UTC';
  return field({ example: '2026-01-09T10:00:00.123456Z', ...options }, { type: 'string', format: 'date-time' }, [
    ValidateBy({ name: 'isTime', validator: { validate: isTime } }, { message }),
  ]);
}

/** A day, `2026-01-09`. */
export function DateField(options: Field): PropertyDecorator {
  return field({ example: '2026-01-09', ...options }, { type: 'string', format: 'date' }, [
    ValidateBy(
      { name: 'isDate', validator: { validate: isDay } },
      { message: '$property must be a day like 2026-01-09' },
    ),
  ]);
}

/** So many elements at most. What is behind them is not looked at: a long list of wrong ones would keep the process busy. */
export function AtMost(count: number): PropertyDecorator {
  const shortened = (value: unknown): unknown => (Array.isArray(value) ? value.slice(0, count + 1) : value);
  return applyDecorators(
    Transform(({ value }) => shortened(value)),
    ArrayMaxSize(count),
  );
}

/** Any JSON object. The pipe has refused what no row can hold. */
export function ObjectField(options: Field): PropertyDecorator {
  return field(options, { type: 'object', additionalProperties: true }, [IsObject()]);
}

/** Any JSON value; null is one, and must be given as such. The pipe has refused what no row can hold. */
export function JsonField(options: Field): PropertyDecorator {
  const rule = { name: 'given', validator: { validate: (value: unknown) => value !== undefined } };
  return field(options, ANY_JSON, [ValidateBy(rule, { message: '$property must be given' })]);
}

import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

/** A parameter that is given more than once: the last one counts, as in the legacy service. */
const last = (value: unknown): unknown => (Array.isArray(value) ? value.at(-1) : value);

const booleans: Readonly<Record<string, boolean>> = {
  ...{ true: true, t: true, yes: true, y: true, on: true, '1': true },
  ...{ false: false, f: false, no: false, n: false, off: false, '0': false },
};

/** Whole numbers as the legacy service read them, `+5` and `5.0` included; other text stays text and is refused. */
function toInteger(value: unknown): unknown {
  return typeof value === 'string' && /^\s*[+-]?\d+(\.0*)?\s*$/.test(value) ? Number(value) : value;
}

function toBoolean(value: unknown): unknown {
  return typeof value === 'string' ? (booleans[value.trim().toLowerCase()] ?? value) : value;
}

interface Described<T> {
  readonly description: string;
  readonly default?: T;
  readonly example?: T;
}

/** A whole number of the query string, refused with 422 outside its range. */
export function IntegerParameter(
  options: Described<number> & { minimum: number; maximum?: number },
): PropertyDecorator {
  const { maximum } = options;
  return applyDecorators(
    ApiPropertyOptional({ ...options, type: 'integer' }),
    Transform(({ value }) => toInteger(last(value))),
    IsInt(),
    Min(options.minimum),
    ...(maximum === undefined ? [] : [Max(maximum)]),
  );
}

/** A yes or no of the query string: true, t, yes, y, on, 1 and their opposites, in any case. */
export function BooleanParameter(options: Described<boolean>): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ ...options, type: 'boolean' }),
    Transform(({ value }) => toBoolean(last(value))),
    IsBoolean(),
  );
}

/** A text of the query string; an empty one is no filter, and one over its length is refused with 422. */
export function TextParameter(options: Described<string> & { maxLength?: number }): PropertyDecorator {
  const { maxLength } = options;
  return applyDecorators(
    ApiPropertyOptional({ ...options, type: 'string' }),
    Transform(({ value }) => last(value)),
    IsOptional(),
    IsString(),
    ...(maxLength === undefined ? [] : [MaxLength(maxLength)]),
  );
}

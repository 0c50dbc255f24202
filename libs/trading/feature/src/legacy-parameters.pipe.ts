import { Injectable, ValidationPipe } from '@nestjs/common';
import { DomainError } from '@sluice/core';
import type { ValidationError } from 'class-validator';

/** One broken rule in the shape that clients of the legacy service parse. */
export interface ParameterProblem {
  readonly loc: readonly [where: 'query' | 'body', name: string] | readonly ['body'];
  readonly msg: string;
  readonly type: string;
}

/** A query parameter or a part of the body is out of its range or not of its type; or there is a body where none is taken. */
export class ParameterInvalidError extends DomainError {
  readonly code = 'TRADING_PARAMETER_INVALID';
  readonly kind = 'invalid';

  constructor(readonly problems: readonly ParameterProblem[]) {
    super(problems.map(({ loc, msg }) => `${loc.at(-1)}: ${msg}`).join('; '));
  }
}

type Wording = Pick<ParameterProblem, 'msg' | 'type'>;
type Rule = readonly [constraint: string, word: (limit: string) => Wording];

/** In order of precedence: a text that is no number is not told that it is too small as well. */
const rules: readonly Rule[] = [
  [
    'isInt',
    () => ({ type: 'int_parsing', msg: 'Input should be a valid integer, unable to parse string as an integer' }),
  ],
  ['isBoolean', () => ({ type: 'bool_parsing', msg: 'Input should be a valid boolean, unable to interpret input' })],
  ['min', (limit) => ({ type: 'greater_than_equal', msg: `Input should be greater than or equal to ${limit}` })],
  ['max', (limit) => ({ type: 'less_than_equal', msg: `Input should be less than or equal to ${limit}` })],
  ['isString', () => ({ type: 'string_type', msg: 'Input should be a valid string' })],
  ['maxLength', (limit) => ({ type: 'string_too_long', msg: `String should have at most ${limit} characters` })],
];

/** The number at the end of class-validator's text (`limit must not be less than 1`, `… than 200 characters`). */
const limitOf = (message: string | undefined): string => /-?\d+(?=$| characters$)/.exec(message ?? '')?.[0] ?? '';

function problemOf({ property, value, constraints = {} }: ValidationError): ParameterProblem {
  if (value === undefined) return { loc: ['query', property], msg: 'Field required', type: 'missing' };
  const broken = rules.find(([constraint]) => constraint in constraints);
  const wording = broken
    ? broken[1](limitOf(constraints[broken[0]]))
    : { type: 'value_error', msg: 'Input should be valid' };
  return { loc: ['query', property], ...wording };
}

/** Turns a query string into its DTO, with the legacy service's words for what is wrong. Unknown parameters are ignored. */
@Injectable()
export class LegacyParametersPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      exceptionFactory: (errors) => new ParameterInvalidError(errors.map(problemOf)),
    });
  }
}

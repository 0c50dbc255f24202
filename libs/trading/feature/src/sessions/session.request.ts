import { Injectable, type PipeTransform } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { isObject } from '@sluice/core';
import { sizeFault, unstorableParts } from '../http/plain-json';
import { ParameterInvalidError, type ParameterProblem } from '../legacy-parameters.pipe';

/** As long as an id of a session may be. */
export const MAX_SESSION_ID = 200;

export class SessionUpsert {
  @ApiProperty({ type: 'string', minLength: 1, maxLength: MAX_SESSION_ID, example: 'session-7' })
  session_id!: string;

  @ApiProperty({
    ...{ type: 'object', additionalProperties: true, example: { risk_profile: 'Moderate', primary_mode: 'Swing' } },
    description: 'Each member takes the place of the one of its name; all others stay.',
  })
  data!: Record<string, unknown>;
}

/** The body in the legacy service's words for what is wrong with it. Members that it does not know are passed over. */
@Injectable()
export class SessionUpsertPipe implements PipeTransform<unknown, SessionUpsert> {
  transform(body: unknown): SessionUpsert {
    const problems = problemsOf(body);
    if (problems.length > 0) throw new ParameterInvalidError(problems);
    const { session_id, data } = body as SessionUpsert;
    return { session_id, data };
  }
}

function problemsOf(body: unknown): ParameterProblem[] {
  if (body === undefined || body === null) return [missing('body')];
  if (!isObject(body)) return [{ loc: ['body'], msg: 'Input should be a valid dictionary', type: 'dict_type' }];
  const fault = sizeFault(body);
  if (fault !== null) return [{ loc: ['body'], msg: fault, type: 'value_error' }];
  const problems = [...idProblems(body['session_id']), ...dataProblems(body['data'])];
  if (problems.length > 0) return problems;
  const { session_id, data } = body;
  return unstorableParts({ session_id, data }).map(({ pointer, detail }) => ({
    ...{ loc: ['body', pointer.split('/')[1] ?? ''], msg: detail, type: 'value_error' },
  }));
}

function idProblems(id: unknown): ParameterProblem[] {
  const loc = ['body', 'session_id'] as const;
  if (id === undefined) return [missing(...loc)];
  if (typeof id !== 'string') return [{ loc, msg: 'Input should be a valid string', type: 'string_type' }];
  if (id === '') return [{ loc, msg: 'String should have at least 1 character', type: 'string_too_short' }];
  if (id.length <= MAX_SESSION_ID) return [];
  return [{ loc, msg: `String should have at most ${MAX_SESSION_ID} characters`, type: 'string_too_long' }];
}

function dataProblems(data: unknown): ParameterProblem[] {
  const loc = ['body', 'data'] as const;
  if (data === undefined) return [missing(...loc)];
  return isObject(data) ? [] : [{ loc, msg: 'Input should be a valid dictionary', type: 'dict_type' }];
}

const missing = (...loc: ['body'] | ['body', string]): ParameterProblem => ({
  ...{ loc, msg: 'Field required', type: 'missing' },
});

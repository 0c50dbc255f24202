import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, ApiPropertyOptional, ApiResponse, getSchemaPath } from '@nestjs/swagger';

class FieldProblem {
  @ApiProperty({ description: 'JSON pointer into the body, or `/name` of a parameter.', example: '/tokens_input' })
  pointer!: string;

  @ApiProperty({ example: 'tokens_input must not be less than 0' })
  detail!: string;
}

/** RFC 9457. */
class Problem {
  @ApiProperty({ example: 'urn:sluice:error:API_REQUEST_INVALID' })
  type!: string;

  @ApiProperty({ example: 'Unprocessable Entity' })
  title!: string;

  @ApiProperty({ type: 'integer', example: 422 })
  status!: number;

  @ApiProperty({ example: 'tokens_input must not be less than 0.' })
  detail!: string;

  @ApiProperty({ description: 'The path that was asked for.', example: '/v1/llm-costs/requests' })
  instance!: string;

  @ApiProperty({ description: 'Permanent; see docs/reference/errors.md.', example: 'API_REQUEST_INVALID' })
  code!: string;

  @ApiProperty()
  requestId!: string;

  @ApiPropertyOptional({ type: [FieldProblem] })
  errors?: FieldProblem[];
}

/** The documented answers of a resource that the legacy service did not have: `type` with `status`, and problem details. */
export function Answers(
  type: Type | [Type],
  options: {
    readonly status?: number;
    readonly problems?: Readonly<Record<number, string>>;
    readonly hasTag?: boolean;
  } = {},
): MethodDecorator {
  const { status = 200, problems = {}, hasTag = false } = options;
  const usual = { 422: 'API_REQUEST_INVALID', 503: 'POSTGRES_UNAVAILABLE: try again after `Retry-After` seconds' };
  const headers = hasTag
    ? { headers: { ETag: { schema: { type: 'string' as const }, description: 'For `If-Match` and `If-None-Match`.' } } }
    : {};
  return applyDecorators(
    ApiExtraModels(Problem),
    ApiResponse({ status, type, description: '', ...headers }),
    ...Object.entries({ ...usual, ...problems }).map(([code, description]) =>
      AnswersProblem(Number(code), description),
    ),
  );
}

/** One documented answer of problem details, of a route that has `Answers`. */
export const AnswersProblem = (status: number, description: string): MethodDecorator =>
  ApiResponse({
    ...{ status, description },
    content: { 'application/problem+json': { schema: { $ref: getSchemaPath(Problem) } } },
  });

import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiResponse, getSchemaPath } from '@nestjs/swagger';

const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId'],
  properties: {
    ...{ type: { type: 'string' }, title: { type: 'string' }, status: { type: 'integer' }, detail: { type: 'string' } },
    ...{ instance: { type: 'string' }, code: { type: 'string' }, requestId: { type: 'string' } },
  },
};

interface CacheRoute {
  readonly id: string;
  readonly summary: string;
  readonly description: string;
  /** Absent for text; several for one of them, a list of one for a list. */
  readonly answer?: Type | readonly [Type] | readonly [Type, Type];
}

/** The documented answers that the routes of caches share: problem details where it goes wrong. */
export function CacheAnswers({ id, summary, description, answer }: CacheRoute): MethodDecorator {
  const problemOf = (status: number, meaning: string): MethodDecorator =>
    ApiResponse({ status, description: meaning, content: { 'application/problem+json': { schema: problem } } });
  return applyDecorators(
    ApiOperation({ operationId: id, summary, description }),
    ...goodAnswer(summary, answer),
    problemOf(400, 'CACHE_OPTION_INVALID'),
    problemOf(403, 'API_LOCAL_ONLY'),
    problemOf(404, 'CACHE_UNKNOWN or CACHE_ENTRY_ABSENT'),
    problemOf(422, 'API_REQUEST_INVALID, CACHE_KEY_FOREIGN, CACHE_WITHOUT_TAGS or CACHE_NOT_WARMABLE'),
    problemOf(503, 'CACHE_TIER2_FAILED: Redis is away.'),
  );
}

function goodAnswer(description: string, answer: CacheRoute['answer']): MethodDecorator[] {
  if (!answer) return [ApiOkResponse({ description, content: { 'text/plain': { schema: { type: 'string' } } } })];
  if (!isList(answer)) return [ApiOkResponse({ description, type: answer })];
  const [one, other] = answer;
  if (!other) return [ApiOkResponse({ description, type: one, isArray: true })];
  const oneOf = [one, other].map((type) => ({ $ref: getSchemaPath(type) }));
  return [ApiExtraModels(one, other), ApiOkResponse({ description, schema: { oneOf } })];
}

const isList = (answer: NonNullable<CacheRoute['answer']>): answer is readonly [Type] | readonly [Type, Type] =>
  Array.isArray(answer);

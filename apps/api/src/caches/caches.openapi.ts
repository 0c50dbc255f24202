import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId'],
  properties: {
    ...{ type: { type: 'string' }, title: { type: 'string' }, status: { type: 'integer' }, detail: { type: 'string' } },
    ...{ instance: { type: 'string' }, code: { type: 'string' }, requestId: { type: 'string' } },
  },
};

/** The documented answers that the routes of caches share: problem details where it goes wrong. */
export function CacheAnswers(operationId: string, summary: string, description: string): MethodDecorator {
  const problemOf = (status: number, meaning: string): MethodDecorator =>
    ApiResponse({ status, description: meaning, content: { 'application/problem+json': { schema: problem } } });
  return applyDecorators(
    ApiTags('caches'),
    ApiOperation({ operationId, summary, description }),
    ApiOkResponse({ description: summary }),
    problemOf(400, 'CACHE_OPTION_INVALID'),
    problemOf(403, 'API_LOCAL_ONLY'),
    problemOf(404, 'CACHE_UNKNOWN or CACHE_ENTRY_ABSENT'),
    problemOf(422, 'API_REQUEST_INVALID or CACHE_KEY_FOREIGN'),
    problemOf(503, 'CACHE_TIER2_FAILED: Redis is away.'),
  );
}

import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiServiceUnavailableResponse, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import type { Type } from '@nestjs/common';

/** Below /v1, and yet none of the legacy service. */
const OWN_PATHS = /^\/v1\/admin\/caches(?:\/|$)/;

/** Paths of the legacy service: their clients parse its error shape, `{"detail": ...}`, and not problem details. */
export function isLegacyPath(path: string): boolean {
  return path.startsWith('/v1/') && !OWN_PATHS.test(path);
}

/** The documented answers that every legacy read route shares. */
export function LegacyAnswers(type: Type, options: { parameters: boolean }): MethodDecorator {
  const detail = (schema: object) => ({
    schema: { type: 'object', required: ['detail'], properties: { detail: schema } },
  });
  const problem = {
    type: 'object',
    required: ['loc', 'msg', 'type'],
    properties: {
      loc: { type: 'array', items: { type: 'string' }, example: ['query', 'limit'] },
      msg: { type: 'string', example: 'Input should be less than or equal to 500' },
      type: { type: 'string', example: 'less_than_equal' },
    },
  };
  return applyDecorators(
    ApiOkResponse({ type }),
    ApiServiceUnavailableResponse({
      description: 'PostgreSQL is away. Try again after `Retry-After` seconds.',
      headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds.' } },
      ...detail({ type: 'string', example: 'PostgreSQL is not available.' }),
    }),
    ...(options.parameters
      ? [
          ApiUnprocessableEntityResponse({
            description: 'A parameter is out of its range or not of its type.',
            ...detail({ type: 'array', items: problem }),
          }),
        ]
      : []),
  );
}

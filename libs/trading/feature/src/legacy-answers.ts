import { applyDecorators } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiExtraModels,
  ApiForbiddenResponse,
  ApiOkResponse,
  ApiServiceUnavailableResponse,
  ApiUnprocessableEntityResponse,
  getSchemaPath,
  type ApiResponseOptions,
} from '@nestjs/swagger';
import type { Type } from '@nestjs/common';

/** Below /v1, and yet none of the legacy service: their errors are problem details. */
const OWN_PATHS = /^\/v1\/(?:admin|llm-costs|recommendations|runs|context|picks|policies|levels|candles)(?:\/|$)/;

/** Paths of the legacy service: their clients parse its error shape, `{"detail": ...}`, and not problem details. */
export function isLegacyPath(path: string): boolean {
  return path === '/admin/clear-cache' || (path.startsWith('/v1/') && !OWN_PATHS.test(path));
}

interface LegacyRoute {
  /** It may refuse what it is told. */
  readonly parameters: boolean;
  /** Its answers say how they were come by. */
  readonly isCached?: boolean;
  /** It takes a scope out of a few. */
  readonly isScoped?: boolean;
  /** Only some may ask for it. */
  readonly isChange?: boolean;
}

const CACHE_HEADERS = {
  'Cache-Status': {
    schema: { type: 'string' as const },
    description: 'RFC 9211: `Sluice; hit; ttl=12; detail=memory`.',
  },
  'X-Cache-Status': { schema: { type: 'string' as const, enum: ['HIT', 'STALE', 'MISS', 'BYPASS'] } },
};

/** The documented answers that the legacy routes share; of several types the good one is one of them. */
export function LegacyAnswers(type: Type | readonly Type[], options: LegacyRoute): MethodDecorator {
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
    ...goodAnswer(type, options.isCached ? { headers: CACHE_HEADERS } : {}),
    ApiServiceUnavailableResponse({
      description: 'PostgreSQL, or the Redis that is asked about, is away. Try again after `Retry-After` seconds.',
      headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds.' } },
      ...detail({ type: 'string', example: 'PostgreSQL is not available.' }),
    }),
    ...(options.isScoped
      ? [ApiBadRequestResponse({ description: 'There is no such scope.', ...detail({ type: 'string' }) })]
      : []),
    ...(options.isChange
      ? [
          ApiForbiddenResponse({
            description: 'Asked for from another machine, through a proxy, or by a page of another site.',
            ...detail({ type: 'string' }),
          }),
        ]
      : []),
    ...(options.parameters
      ? [
          ApiUnprocessableEntityResponse({
            description: 'A parameter is out of its range or not of its type; or a change has a body.',
            ...detail({ type: 'array', items: problem }),
          }),
        ]
      : []),
  );
}

function goodAnswer(type: Type | readonly Type[], about: Pick<ApiResponseOptions, 'headers'>): MethodDecorator[] {
  if (isOne(type)) return [ApiOkResponse({ ...about, type })];
  const oneOf = type.map((one) => ({ $ref: getSchemaPath(one) }));
  return [ApiExtraModels(...type), ApiOkResponse({ ...about, schema: { oneOf } })];
}

const isOne = (type: Type | readonly Type[]): type is Type => !Array.isArray(type);

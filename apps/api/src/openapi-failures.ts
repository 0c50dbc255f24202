import { isLegacyPath } from '@sluice/trading-feature';
import { isNode, type Node } from './openapi-3-1';

const detail = { type: 'object', required: ['detail'], properties: { detail: { type: 'string' } } };
const problem = { $ref: '#/components/schemas/Problem' };

/** What a failure is answered with. */
export const failureContent = (path: string): Node =>
  isLegacyPath(path) ? { 'application/json': { schema: detail } } : { 'application/problem+json': { schema: problem } };

/** A documented failure, beside what the operation says of the same status itself. */
export const failureOr = (own: unknown, path: string, description: string): Node =>
  isNode(own)
    ? { ...own, description: `${String(own['description'])}, or ${description}` }
    : { description, content: failureContent(path) };

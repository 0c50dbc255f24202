import { isNode, type Node, withOperations } from '../openapi-3-1';
import { failureOr } from '../openapi-failures';

/** Fastify reads no body of the others. */
const WITH_BODY: ReadonlySet<string> = new Set(['post', 'put', 'patch', 'delete']);

const ofBody = {
  400: 'HTTP_BAD_REQUEST: the body is no JSON, or no UTF-8',
  413: 'HTTP_PAYLOAD_TOO_LARGE: the body is larger than API_BODY_LIMIT_BYTES',
  415: 'HTTP_UNSUPPORTED_MEDIA_TYPE: the body is not said to be plain `application/json`',
};
const ofPath = {
  400: 'HTTP_BAD_REQUEST: the path is badly encoded',
  414: 'HTTP_URI_TOO_LONG: a part of the path is overlong',
};

/**
 * Says of each operation what a request is answered with that the server cannot read, whatever its route: `readJsonBodies` and
 * the router refuse it before any controller sees it. Routes that take no body are told as well: one that is sent is read.
 */
export const withUnreadable = (document: Node): Node =>
  withOperations(document, (path, method, operation) => {
    const given = isNode(operation['responses']) ? operation['responses'] : {};
    const faults = [...(path.includes('{') ? [ofPath] : []), ...(WITH_BODY.has(method) ? [ofBody] : [])];
    const responses = faults
      .flatMap((answers) => Object.entries(answers))
      .reduce<Node>((all, [status, what]) => ({ ...all, [status]: failureOr(all[status], path, what) }), given);
    return { ...operation, responses };
  });

import { isNode, type Node, withOperations } from '../openapi-3-1';

const ifNoneMatch = {
  ...{ name: 'If-None-Match', in: 'header', required: false, schema: { type: 'string' } },
  description: 'The ETag of the answer that the caller has.',
};

/** Says of each read whose answer has an ETag that it can be asked for on condition, by the rule that `answerNotModified` goes by. */
export const withConditions = (document: Node): Node =>
  withOperations(document, (_path, method, operation) => {
    const responses = isNode(operation['responses']) ? operation['responses'] : {};
    const { 200: ok } = responses;
    if (method !== 'get' || !isNode(ok) || !isNode(ok['headers']) || !('ETag' in ok['headers'])) return operation;
    const parameters = Array.isArray(operation['parameters']) ? (operation['parameters'] as unknown[]) : [];
    const notModified = { description: 'It is as `If-None-Match` knows it.', headers: ok['headers'] };
    return { ...operation, parameters: [...parameters, ifNoneMatch], responses: { ...responses, 304: notModified } };
  });

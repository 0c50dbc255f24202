import { isNode, type Node, withOperations } from '../openapi-3-1';
import { failureContent } from '../openapi-failures';
import { requiredScope } from './required-scope';

const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'An API key, `sluice_...`; `sluice keys create` makes one.' },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'The same, for clients without Bearer.' },
};

const seconds = { schema: { type: 'integer' }, description: 'Seconds.' };

/**
 * Says of each operation which scope it asks of a key, and what it answers where that is missing, by the rule that the gate
 * goes by. Where nobody is asked for a key (loopback) nothing of it holds, and the document stays the same.
 */
export function withSecurity(document: Node): Node {
  const components = isNode(document['components']) ? document['components'] : {};
  return { ...withOperations(document, secured), components: { ...components, securitySchemes } };
}

function secured(path: string, method: string, operation: Node): Node {
  const scope = requiredScope(method.toUpperCase(), path);
  if (scope === 'probe' || scope === 'open') return { ...operation, security: [] };
  const content = failureContent(path);
  const answers = {
    401: { description: 'API_KEY_MISSING or API_KEY_INVALID', content },
    403: { description: `API_SCOPE_MISSING: the key lacks \`${scope}\`. Without keys: API_LOCAL_ONLY`, content },
    429: { description: 'API_TOO_MANY_REQUESTS', headers: { 'Retry-After': seconds }, content },
  };
  const away = {
    description: 'POSTGRES_UNAVAILABLE: nor can a key be checked that was not seen of late',
    headers: { 'Retry-After': seconds },
    content,
  };
  const given = isNode(operation['responses']) ? operation['responses'] : {};
  return {
    ...operation,
    security: [{ bearer: [scope] }, { apiKey: [scope] }],
    responses: { 503: away, ...given, ...answers },
  };
}

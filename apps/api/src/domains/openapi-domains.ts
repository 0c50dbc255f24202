import { isNode, type Node, withOperations } from '../openapi-3-1';
import { failureOr } from '../openapi-failures';

/** Below these the tables of a domain are written; the prices and context memory belong to none. */
const OF_DOMAINS =
  /^\/v1\/(?:llm-costs\/re|recommendations|runs|context\/(?:analyses|learnings|preferences)|picks|policies)/;
/** The GET of the legacy service that writes. */
const WRITING_GET = '/v1/performance/alpha/evaluate';

/** What is read from the legacy files where a mode says so. */
const FROM_BOTH_SIDES: readonly RegExp[] = [
  /^\/v1\/(?:analytics\/(?:top-picks-history|rl-metrics)|top-picks|agents\/picks|performance\/alpha\/(?:dataset|by-mode))/,
  /^\/v1\/(?:cache\/redis\/top-picks|runs(?:\/latest|\/\{run_id\})?$|scalping\/active-positions)/,
  /^\/v1\/(?:llm-costs\/(?:usage|daily-spend|budget)|context\/(?:analyses|learnings))/,
];

const REFUSED = 'DOMAIN_WRITE_REFUSED: the mode of the domain lets only the legacy program write';

const readFrom = {
  'Sluice-Read-From': {
    schema: { type: 'string', enum: ['legacy', 'postgres', 'legacy, postgres'] },
    description: 'Which side was read; only while a domain moves between a legacy file and PostgreSQL.',
  },
};

/** Says of each operation what the mode of its domain may make of it. */
export const withDomains = (document: Node): Node => withOperations(document, ofDomain);

function ofDomain(path: string, method: string, operation: Node): Node {
  const responses = isNode(operation['responses']) ? operation['responses'] : {};
  if ((method !== 'get' && OF_DOMAINS.test(path)) || path === WRITING_GET)
    return { ...operation, responses: { ...responses, 409: failureOr(responses['409'], path, REFUSED) } };
  const ok = responses['200'];
  if (method !== 'get' || !isNode(ok) || !FROM_BOTH_SIDES.some((paths) => paths.test(path))) return operation;
  const headers = { ...(isNode(ok['headers']) ? ok['headers'] : {}), ...readFrom };
  return { ...operation, responses: { ...responses, 200: { ...ok, headers } } };
}

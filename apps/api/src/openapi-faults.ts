import { isNode, type Node } from './openapi-3-1';

const TYPES = new Set(['null', 'boolean', 'object', 'array', 'number', 'string', 'integer']);
const RESPONSE = new Set(['description', 'headers', 'content', 'links']);
const METHODS = new Set(['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace']);

/**
 * What is wrong with a document of OpenAPI 3.1, each as `where: what`: its form, by the rules of the specification, and
 * the promises of this API, that every operation has an id of its own, a summary, one heading with a description, a
 * schema for what it answers, and an example for what it takes.
 */
export function openapiFaults(document: Node): string[] {
  const paths = isNode(document['paths']) ? document['paths'] : {};
  const schemas = isNode(document['components']) ? document['components']['schemas'] : undefined;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(isNode(methods) ? methods : {}).map(([method, operation]) => ({ path, method, operation })),
  );
  const headings = (Array.isArray(document['tags']) ? document['tags'] : [])
    .filter(isNode)
    .map(({ name }) => String(name));
  const ids = operations.map(({ operation }) => (isNode(operation) ? operation['operationId'] : undefined));
  return [
    ...(/^3\.1\.\d+$/.test(String(document['openapi'])) ? [] : ['openapi: is not 3.1']),
    ...headings.filter((name, i) => headings.indexOf(name) !== i).map((name) => `${name}: a heading twice`),
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${String(id)}: two operations have this id`),
    ...operations.flatMap(({ path, method, operation }) => operationFaults(`${method} ${path}`, path, operation, document)),
    ...Object.entries(isNode(schemas) ? schemas : {}).flatMap(([name, schema]) => schemaFaults(name, schema)),
    ...danglingReferences(document),
  ]; // prettier-ignore
}

function operationFaults(where: string, path: string, operation: unknown, document: Node): string[] {
  if (!METHODS.has(where.split(' ', 1)[0] ?? '')) return [`${where}: no method`];
  if (!isNode(operation)) return [`${where}: no operation`];
  const headings = (document['tags'] as { name: string; description?: string }[] | undefined) ?? [];
  const { operationId, summary, tags, parameters, requestBody, responses } = operation;
  const described = new Set(headings.filter(({ description }) => description).map(({ name }) => name));
  const isUnder = Array.isArray(tags) && tags.length === 1 && described.has(String(tags[0]));
  return [
    ...(typeof operationId === 'string' && /^\w+$/.test(operationId) ? [] : [`${where}: no operationId`]),
    ...(typeof summary === 'string' && summary.length > 0 ? [] : [`${where}: no summary`]),
    ...(isUnder ? [] : [`${where}: not under one heading that has a description`]),
    ...parameterFaults(where, path, Array.isArray(parameters) ? parameters : []),
    ...(requestBody === undefined ? [] : bodyFaults(where, requestBody)),
    ...responseFaults(where, responses),
  ];
}

function parameterFaults(where: string, path: string, parameters: readonly unknown[]): string[] {
  const named = parameters.filter(isNode);
  const inPath = named.filter((parameter) => parameter['in'] === 'path');
  const wanted = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name ?? '');
  return [
    ...wanted.filter((name) => !inPath.some((parameter) => parameter['name'] === name)).map((name) => `${where}: {${name}} is not described`),
    ...inPath.filter((parameter) => parameter['required'] !== true).map(({ name }) => `${where}: ${String(name)} of the path is not required`),
    ...named.flatMap(({ name, in: place, schema }) => [
      ...(['path', 'query', 'header', 'cookie'].includes(String(place)) ? [] : [`${where}: ${String(name)} is nowhere`]),
      ...schemaFaults(`${where} ${String(name)}`, schema),
    ]),
  ]; // prettier-ignore
}

function bodyFaults(where: string, body: unknown): string[] {
  const content = isNode(body) && isNode(body['content']) ? Object.values(body['content']) : [];
  if (content.length === 0) return [`${where}: a body without content`];
  return content.filter(isNode).flatMap((media) => [
    ...(media['example'] ?? media['examples'] ? [] : [`${where}: no example of the body`]),
    ...schemaFaults(`${where} body`, media['schema']),
  ]); // prettier-ignore
}

function responseFaults(where: string, responses: unknown): string[] {
  const entries = Object.entries(isNode(responses) ? responses : {});
  const good = entries.filter(([status]) => /^2/.test(status));
  return [
    ...(good.length > 0 ? [] : [`${where}: nothing says what it answers`]),
    ...entries.flatMap(([status, response]) => {
      const at = `${where} ${status}`;
      if (!isNode(response) || typeof response['description'] !== 'string') return [`${at}: no description`];
      const strange = Object.keys(response).filter((name) => !RESPONSE.has(name) && !name.startsWith('x-'));
      const content = isNode(response['content']) ? Object.values(response['content']).filter(isNode) : [];
      const isBare = /^2/.test(status) && status !== '204' && content.length === 0;
      return [
        ...strange.map((name) => `${at}: a response has no ${name}`),
        ...(isBare ? [`${at}: no schema`] : []),
        ...content.flatMap(({ schema }) => schemaFaults(at, schema)),
      ];
    }),
  ];
}

/** What is no schema of JSON Schema 2020-12, among the keywords that are used. */
export function schemaFaults(where: string, schema: unknown): string[] {
  if (typeof schema === 'boolean') return [];
  if (!isNode(schema)) return [`${where}: no schema`];
  const { type, enum: values, required, examples, properties, items, additionalProperties, $ref } = schema;
  const types: unknown[] = type === undefined ? [] : Array.isArray(type) ? type : [type];
  const bounds = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minLength', 'maxLength'];
  return [
    ...['nullable', 'example'].filter((name) => name in schema).map((name) => `${where}: ${name} is of 3.0`),
    ...types.filter((one) => !TYPES.has(String(one))).map((one) => `${where}: ${String(one)} is no type`),
    ...(new Set(types).size === types.length ? [] : [`${where}: a type twice`]),
    ...bounds.filter((name) => !['undefined', 'number'].includes(typeof schema[name])).map((name) => `${where}: ${name} is no number`),
    ...[values, required, examples].filter((list) => list !== undefined && !Array.isArray(list)).map(() => `${where}: a list is none`),
    ...($ref !== undefined && typeof $ref !== 'string' ? [`${where}: $ref is no text`] : []),
    ...(types.includes('array') && items === undefined ? [`${where}: items are not described`] : []),
    ...Object.entries(isNode(properties) ? properties : {}).flatMap(([name, one]) => schemaFaults(`${where}.${name}`, one)),
    ...[items, additionalProperties].filter((one) => one !== undefined).flatMap((one) => schemaFaults(`${where}[]`, one)),
    ...['allOf', 'anyOf', 'oneOf'].flatMap((name) => choiceFaults(`${where}.${name}`, schema[name])),
  ]; // prettier-ignore
}

function choiceFaults(where: string, choice: unknown): string[] {
  if (choice === undefined) return [];
  if (!Array.isArray(choice) || choice.length === 0) return [`${where}: no choice`];
  return choice.flatMap((one, i) => schemaFaults(`${where}.${i}`, one));
}

/** References that lead nowhere. */
function danglingReferences(document: Node): string[] {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
    ([, reference]) => reference ?? '',
  );
  const target = (reference: string): unknown =>
    reference.slice(2).split('/').reduce<unknown>((at, name) => (isNode(at) ? at[name] : undefined), document); // prettier-ignore
  const leadsNowhere = (reference: string): boolean => !reference.startsWith('#/') || target(reference) === undefined;
  return [...new Set(references.filter(leadsNowhere))].map((reference) => `${reference}: leads nowhere`);
}

/** Examples that are not of the type of their schema, wherever in the document, each as `where: what`. */
export function exampleFaults(node: unknown, where = '#'): string[] {
  if (!isNode(node)) return Array.isArray(node) ? node.flatMap((one, i) => exampleFaults(one, `${where}/${i}`)) : [];
  const { type, examples, ...others } = node;
  const types: unknown[] = Array.isArray(type) ? type : typeof type === 'string' ? [type] : [];
  const wrong = (Array.isArray(examples) ? examples : []).filter((one) => types.length > 0 && !isOfType(one, types));
  return [
    ...wrong.map((one) => `${where}: ${JSON.stringify(one)} is an example of another type`),
    ...Object.entries(others).flatMap(([name, inner]) => exampleFaults(inner, `${where}/${name}`)),
  ];
}

function isOfType(value: unknown, types: readonly unknown[]): boolean {
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return types.includes(type) || (types.includes('integer') && Number.isInteger(value));
}

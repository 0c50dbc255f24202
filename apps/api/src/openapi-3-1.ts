import { isObject } from '@sluice/core';

/** A JSON object of an OpenAPI document. */
export type Node = Readonly<Record<string, unknown>>;

export const isNode: (value: unknown) => value is Node = isObject;

const mapped = (node: Node, change: (value: unknown, name: string) => unknown): Node =>
  Object.fromEntries(Object.entries(node).map(([name, value]) => [name, change(value, name)]));

/** The document with each operation of its paths changed; methods are in small letters. */
export function withOperations(document: Node, change: (path: string, method: string, operation: Node) => Node): Node {
  const paths = isNode(document['paths']) ? document['paths'] : {};
  const changed = mapped(paths, (methods, path) =>
    isNode(methods)
      ? mapped(methods, (operation, method) => (isNode(operation) ? change(path, method, operation) : operation))
      : methods,
  );
  return { ...document, paths: changed };
}

/** Keywords of a schema that hold one schema, a list of them, or one per name. */
const ONE = new Set(['items', 'additionalProperties', 'not']);
const LIST = new Set(['allOf', 'anyOf', 'oneOf']);
const MAP = new Set(['properties', 'patternProperties', '$defs']);

/**
 * Turns a document of OpenAPI 3.0, which is what the generator writes, into one of 3.1, whose schemas are JSON Schema
 * 2020-12: `nullable` becomes a type, `example` a list, and an exclusive bound the bound itself. Every request body is
 * given an example, made of those of its fields. The same document comes out the same when it is given again.
 */
export function toOpenApi31(document: Node): Node {
  const components = isNode(document['components']) ? document['components'] : {};
  const schemas = isNode(components['schemas']) ? mapped(components['schemas'], schema31) : {};
  const rest = mapped({ ...document, components: mapped(components, (part) => (isNode(part) ? outside(part) : part)) }, (value, name) =>
    name === 'components' || !isNode(value) ? value : outside(value),
  ); // prettier-ignore
  const whole = { ...rest, openapi: '3.1.0', components: { ...(rest['components'] as Node), schemas } };
  return withBodyExamples(whole, schemas);
}

/** What is no schema, with the schemas in it. */
function outside(node: Node): Node {
  return mapped(node, (value, name) => {
    if (name === 'schema') return schema31(value);
    if (name === 'example' || name === 'examples') return value; // Data, which may have a field `schema`.
    return Array.isArray(value)
      ? value.map((one: unknown) => (isNode(one) ? outside(one) : one))
      : isNode(value)
        ? outside(value)
        : value;
  });
}

/** A schema of 3.0 as one of 3.1. */
export function schema31(schema: unknown): unknown {
  if (!isNode(schema)) return schema;
  const { nullable, example, exclusiveMinimum, exclusiveMaximum, minimum, maximum, ...others } = schema;
  const kept = mapped(others, (value, name) => {
    if (ONE.has(name)) return schema31(value);
    if (LIST.has(name) && Array.isArray(value)) return value.map(schema31);
    return MAP.has(name) && isNode(value) ? mapped(value, schema31) : value;
  });
  const whole = {
    ...kept,
    ...bound('minimum', 'exclusiveMinimum', minimum, exclusiveMinimum),
    ...bound('maximum', 'exclusiveMaximum', maximum, exclusiveMaximum),
    ...(example === undefined ? {} : { examples: [example] }),
  };
  return nullable === true ? orNull(whole) : whole;
}

function bound(inclusive: string, exclusive: string, value: unknown, isExclusive: unknown): Node {
  if (typeof isExclusive === 'number') return { ...(value === undefined ? {} : { [inclusive]: value }), [exclusive]: isExclusive }; // prettier-ignore
  return value === undefined ? {} : { [isExclusive === true ? exclusive : inclusive]: value };
}

/** A schema with a type takes null as another type; one that refers to others becomes a choice. */
function orNull(schema: Node): Node {
  const { type, enum: values } = schema;
  if (type === undefined) {
    const { description, examples, default: initial, ...choice } = schema;
    const isAnything = Object.keys(choice).length === 0;
    const notes = Object.entries({ description, examples, default: initial }).filter(([, note]) => note !== undefined);
    const { anyOf, ...others } = choice;
    const choices = Array.isArray(anyOf) && Object.keys(others).length === 0 ? anyOf : [choice];
    return { ...(isAnything ? {} : { anyOf: [...choices, { type: 'null' }] }), ...Object.fromEntries(notes) };
  }
  const types = [...new Set([...(Array.isArray(type) ? type : [type]), 'null'])];
  return { ...schema, type: types, ...(Array.isArray(values) ? { enum: [...new Set([...values, null])] } : {}) };
}

function withBodyExamples(document: Node, schemas: Node): Node {
  return withOperations(document, (_path, _method, operation) => {
    const body = operation['requestBody'];
    if (!isNode(body)) return operation;
    const content = mapped(isNode(body['content']) ? body['content'] : {}, (media) =>
      isNode(media) && media['example'] === undefined && media['examples'] === undefined
        ? { ...media, example: exampleOf(media['schema'], schemas) }
        : media,
    );
    return { ...operation, requestBody: { ...body, content } };
  });
}

/** A value of a schema, from the examples in it; null where it has none. */
export function exampleOf(schema: unknown, schemas: Node, depth = 0): unknown {
  if (!isNode(schema) || depth > 8) return null;
  const { $ref, examples, default: initial, enum: values, allOf, anyOf, oneOf, properties, items } = schema;
  const inner = (one: unknown): unknown => exampleOf(one, schemas, depth + 1);
  if (typeof $ref === 'string') return inner(schemas[$ref.replace('#/components/schemas/', '')]);
  if (Array.isArray(examples) && examples.length > 0) return examples[0];
  if (initial !== undefined) return initial;
  if (Array.isArray(values)) return values[0];
  if (Array.isArray(allOf)) return Object.assign({}, ...allOf.map(inner)) as unknown;
  const [first] = [anyOf, oneOf].find(Array.isArray) ?? [];
  if (first !== undefined) return inner(first);
  if (isNode(properties)) {
    const fields = Object.entries(mapped(properties, inner));
    return Object.fromEntries(fields.filter(([, value]) => value !== null));
  }
  if (schema['type'] === 'array') return [inner(items)].filter((value) => value !== null);
  return schema['type'] === 'object' ? {} : null;
}

/** A JSON object of the OpenAPI document. */
type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
const nodeAt = (node: unknown, name: string): Node => {
  const value = isNode(node) ? node[name] : undefined;
  return isNode(value) ? value : {};
};
const listAt = (node: unknown, name: string): readonly unknown[] => {
  const value = isNode(node) ? node[name] : undefined;
  return Array.isArray(value) ? value : [];
};

/**
 * The TypeScript of `libs/client/src/paths.ts`: what each route of an OpenAPI 3.1 document takes and answers, in
 * the form that openapi-fetch reads. The same document gives the same text.
 */
export function clientTypes(document: Node): string {
  const schemas = Object.entries(nodeAt(nodeAt(document, 'components'), 'schemas'));
  const paths = Object.entries(nodeAt(document, 'paths'));
  return [
    '// Made from docs/reference/openapi.json by `npm run docs:reference`.',
    '',
    '/** The routes: what they take and answer. */',
    'export interface Paths {',
    ...paths.map(([path, methods]) => `  ${JSON.stringify(path)}: {\n${routesOf(methods)}\n  };`),
    '}',
    '',
    '/** The documented values. */',
    'export interface Schemas {',
    ...schemas.map(([name, schema]) => `  ${named(name)}: ${typeOf(schema, '  ')};`),
    '}',
    '',
  ].join('\n');
}

function routesOf(methods: unknown): string {
  const operations = isNode(methods) ? Object.entries(methods) : [];
  return operations
    .map(([method, operation]) => {
      const { summary, description } = isNode(operation) ? operation : {};
      const about = comment([summary, description], '    ');
      return `${about}    ${method}: {\n${parametersOf(operation)}${bodyOf(operation)}${responsesOf(operation)}    };`;
    })
    .join('\n');
}

function parametersOf(operation: unknown): string {
  const parameters = listAt(operation, 'parameters').filter(isNode);
  const places = ['query', 'header', 'path', 'cookie'].map((place) => {
    const here = parameters.filter((parameter) => parameter['in'] === place);
    if (here.length === 0) return `        ${place}?: never;\n`;
    const isNeeded = here.some(({ required }) => required === true);
    const fields = here.map(
      ({ name, required, description, schema }) =>
        comment([description], '          ') +
        `          ${named(String(name))}${required === true ? '' : '?'}: ${typeOf(schema, '          ')};\n`,
    );
    return `        ${place}${isNeeded ? '' : '?'}: {\n${fields.join('')}        };\n`;
  });
  return `      parameters: {\n${places.join('')}      };\n`;
}

function bodyOf(operation: unknown): string {
  const body = nodeAt(operation, 'requestBody');
  if (Object.keys(body).length === 0) return '      requestBody?: never;\n';
  return `      requestBody${body['required'] === true ? '' : '?'}: {\n${contentOf(body)}      };\n`;
}

function responsesOf(operation: unknown): string {
  const responses = Object.entries(nodeAt(operation, 'responses')).map(
    ([status, response]) =>
      `        ${named(status)}: {\n          headers: Record<string, unknown>;\n  ${contentOf(response).replaceAll('\n', '\n  ').trimEnd()}\n        };\n`,
  );
  return `      responses: {\n${responses.join('')}      };\n`;
}

function contentOf(holder: unknown): string {
  const content = Object.entries(nodeAt(holder, 'content'));
  if (content.length === 0) return '        content?: never;\n';
  const media = content.map(
    ([type, value]) =>
      `          ${JSON.stringify(type)}: ${typeOf(isNode(value) ? value['schema'] : {}, '          ')};\n`,
  );
  return `        content: {\n${media.join('')}        };\n`;
}

/** A schema as a type; what it does not say is `unknown`. */
export function typeOf(schema: unknown, indent = ''): string {
  if (schema === false) return 'never';
  if (!isNode(schema)) return 'unknown';
  const { $ref, type, enum: values, const: constant } = schema;
  if (typeof $ref === 'string') return `Schemas[${JSON.stringify($ref.replace('#/components/schemas/', ''))}]`;
  if (constant !== undefined) return JSON.stringify(constant);
  if (Array.isArray(values))
    return joined(
      values.map((value: unknown) => JSON.stringify(value)),
      ' | ',
    );
  for (const [keyword, operator] of [['allOf', ' & '], ['anyOf', ' | '], ['oneOf', ' | ']] as const) {
    const choices = listAt(schema, keyword);
    if (choices.length > 0) return joined(choices.map((choice) => typeOf(choice, indent)), operator);
  } // prettier-ignore
  const types = Array.isArray(type) ? type.map(String) : [String(type ?? (schema['properties'] ? 'object' : ''))];
  return joined(types.map((one) => plainType(one, schema, indent)), ' | '); // prettier-ignore
}

function plainType(type: string, schema: Node, indent: string): string {
  if (type === 'array') return `(${typeOf(schema['items'], indent)})[]`;
  if (type === 'object') return objectType(schema, indent);
  const plain = { string: 'string', boolean: 'boolean', number: 'number', integer: 'number', null: 'null' };
  return plain[type as keyof typeof plain] ?? 'unknown';
}

function objectType(schema: Node, indent: string): string {
  const properties = Object.entries(nodeAt(schema, 'properties'));
  const required = new Set(listAt(schema, 'required'));
  const { additionalProperties } = schema;
  if (properties.length === 0)
    return `Record<string, ${additionalProperties === undefined ? 'unknown' : typeOf(additionalProperties, indent)}>`;
  const fields = properties.map(
    ([name, property]) =>
      comment([isNode(property) ? property['description'] : undefined], `${indent}  `) +
      `${indent}  ${named(name)}${required.has(name) ? '' : '?'}: ${typeOf(property, `${indent}  `)};\n`,
  );
  return `{\n${fields.join('')}${indent}}`;
}

const named = (name: string): string =>
  /^[a-z_$][\w$]*$/i.test(name) || /^\d{3}$/.test(name) ? name : JSON.stringify(name);

const joined = (types: readonly string[], operator: string): string => {
  const different = [...new Set(types)];
  return different.length === 1 ? (different[0] ?? 'unknown') : different.map((one) => `(${one})`).join(operator);
};

function comment(texts: readonly unknown[], indent: string): string {
  const said = texts.filter((text): text is string => typeof text === 'string' && text !== '');
  const text = said.map((one) => (/[.!?]$/.test(one) ? one : `${one}.`)).join(' ');
  return text === '' ? '' : `${indent}/** ${text.replaceAll('*/', '*\\/').replaceAll(/\s+/g, ' ')} */\n`;
}

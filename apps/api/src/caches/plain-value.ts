/** The same as JSON can say it, for people: values of caches may be of types that JSON does not have. */
export function plainOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, asPlain));
}

function asPlain(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value instanceof Map || value instanceof Set ? [...value] : value;
}

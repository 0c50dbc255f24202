/** The JSON text that a value was read from or written as, for as long as somebody has the value. */
const texts = new WeakMap<object, string>();

export function keepText(value: unknown, text: string): void {
  if (typeof value === 'object' && value !== null) texts.set(value, text);
}

/**
 * A value of a cache as JSON. That of a cache whose store keeps texts is passed on as it was read, which is what its payload
 * in the shared tier is; any other one is written.
 */
export const jsonTextOf = (value: unknown): string =>
  (typeof value === 'object' && value !== null ? texts.get(value) : undefined) ?? JSON.stringify(value);

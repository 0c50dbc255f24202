/**
 * Freezes arrays and plain objects down to the leaves, so that no caller changes what others will read. Other objects (a
 * Date, a Map, a Buffer) cannot be frozen in full and are left as they are.
 */
export function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFrozen(member);
  return value;
}

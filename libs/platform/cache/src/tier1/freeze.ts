import { isPlain } from '../codec/value-fault';

/**
 * Freezes arrays and plain objects down to the leaves, frozen ones as well, for what they hold need not be: no caller then
 * changes what others will read. Other objects (a Date, a Map, a Buffer) cannot be frozen and are left as they are; false
 * where there is one, and the value cannot be shared.
 */
export function freezeAll(value: unknown): boolean {
  let isWhole = true;
  const open = [value];
  const seen = new Set<object>();
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one !== 'object' || one === null) continue;
    if (!Array.isArray(one) && !isPlain(one)) isWhole = false;
    else if (!Object.isFrozen(one) || !seen.has(one)) {
      if (Object.isFrozen(one)) seen.add(one);
      else Object.freeze(one);
      for (const member of Object.values(one)) if (typeof member === 'object' && member !== null) open.push(member);
    }
  }
  return isWhole;
}

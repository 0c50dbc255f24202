/**
 * Copies `from[start, end)` to a position of another buffer; returns the position behind it. For a few bytes a loop is
 * quicker than a call into the engine.
 */
export function copyBytes(from: Buffer, start: number, end: number, to: Buffer, position: number): number {
  if (end - start > 100) return position + from.copy(to, position, start, end);
  let at = position;
  for (let i = start; i < end; i++) to[at++] = from[i]!;
  return at;
}

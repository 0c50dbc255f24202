/**
 * Milliseconds of an ISO 8601 time in the form that Python's `isoformat` writes; without an offset it is India's wall
 * clock, as the legacy columns' names say. Null where it is none, February 30th included.
 */
export function parseIndianTime(text: string): number | null {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  if (!match) return null;
  const [, date = '', time = '', fraction = '0', offset = '+05:30'] = match;
  const wallMs = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(wallMs) || !new Date(wallMs).toISOString().startsWith(`${date}T${time}`)) return null;
  const instantMs = Date.parse(`${date}T${time}${offset}`);
  return Number.isNaN(instantMs) ? null : instantMs + Math.floor(Number(`0.${fraction}`) * 1000);
}

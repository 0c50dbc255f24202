/** Zones without daylight saving: the offset is a constant, so a naive time is never ambiguous. */
export type Zone = 'UTC' | 'Asia/Kolkata';

/** As it stands behind a time in ISO 8601. */
export const zoneSuffix: Readonly<Record<Zone, string>> = { UTC: '+00:00', 'Asia/Kolkata': '+05:30' };

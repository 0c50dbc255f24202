import type { LegacyTable } from '../mapping/legacy-table';

/**
 * Who speaks for a domain's tables while people move:
 * `legacy`: the legacy program writes, the follower carries it over, everybody else is refused;
 * `dual`: both sides write and each is carried to the other, the legacy side is read;
 * `shadow`: as `dual`, and a share of the reads is asked of the new side, too, and compared;
 * `cutover`: as `dual`, and the new side is read;
 * `new`: PostgreSQL alone; nothing is carried any more, and there is no way back.
 */
export const MODES = ['legacy', 'dual', 'shadow', 'cutover', 'new'] as const;
export type Mode = (typeof MODES)[number];

/** Tables that change their mode together. */
export interface Domain {
  readonly name: string;
  /** Mappings to PostgreSQL. */
  readonly tables: readonly LegacyTable[];
}

/** In these modes what is written in PostgreSQL is carried to the legacy file. */
export const isTwoWay = (mode: Mode): boolean => mode === 'dual' || mode === 'shadow' || mode === 'cutover';

/** The side whose value stays where both have written the same row: the one that is read. */
export const winnerIn = (mode: Mode): 'legacy' | 'target' =>
  mode === 'cutover' || mode === 'new' ? 'target' : 'legacy';

export type PayloadKind = 'text' | 'bytes' | 'hash' | 'sortedSet';

export interface ScoredMember {
  readonly member: string;
  readonly score: number;
}

/** What Redis holds for an entry: text and bytes as a string there, fields as a hash, members as a sorted set. */
export type Payload = string | Buffer | ReadonlyMap<string, string> | readonly ScoredMember[];

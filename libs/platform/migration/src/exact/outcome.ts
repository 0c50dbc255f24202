/**
 * What became of one value: `text` is its PostgreSQL input text (null for SQL NULL); `rule` names the declared rule that
 * changed it; `keepOriginal` says that the change cannot be computed back.
 */
export type Outcome =
  | { readonly text: string | null; readonly rule?: string; readonly keepOriginal?: boolean }
  | { readonly reject: string; readonly reason: string };

export const isReject = (outcome: Outcome): outcome is Extract<Outcome, { reject: string }> => 'reject' in outcome;

export const reject = (code: string, reason: string): Outcome => ({ reject: code, reason });

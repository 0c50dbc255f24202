import type { PolicyGroup } from '@sluice/trading-persistence';

/** What the learner proposes: how each mode did under each policy, as the next version of the weights. */
export interface PolicyCandidate {
  readonly version: string;
  readonly base_version: string;
  readonly groups: readonly PolicyGroup[];
}

/** The version of the weights that came with the legacy backend. */
const FIRST_VERSION = '1.0';

/** The next version is the one of the newest evaluated recommendation plus 0.1; of a version that is no number, `1.0` is. */
export function policyCandidateOf(groups: readonly PolicyGroup[], latestPolicy: string | null): PolicyCandidate {
  const base = latestPolicy !== null && /^\d{1,9}(\.\d{1,9})?$/.test(latestPolicy) ? latestPolicy : FIRST_VERSION;
  return { version: plusTenth(base), base_version: base, groups };
}

/** Decimal, because 0.1 is no binary fraction: 1.0 + 0.1 is `1.1`, and 1.9 + 0.1 is `2.0`. */
function plusTenth(version: string): string {
  const [whole = '0', fraction = ''] = version.split('.');
  const digits = fraction.padEnd(1, '0');
  const sum = String(BigInt(whole + digits) + 10n ** BigInt(digits.length - 1)).padStart(digits.length + 1, '0');
  return `${sum.slice(0, -digits.length)}.${sum.slice(-digits.length)}`;
}

import type { CutoverChange, CutoverStatus, GateResult } from '@sluice/migration';
import type { Context } from '../context';
import { countOf } from './table';

const INDENT = ' '.repeat(19);

/** One paragraph per domain: where it is, what is shut and how to open it, and then what to type. */
export const formatCutover = (statuses: readonly CutoverStatus[]): string => statuses.map(formatDomain).join('\n\n');

function formatDomain(status: CutoverStatus): string {
  const { domain, mode, changedAt, changedBy, reason, next, canRollBack, openDivergences } = status;
  const since = changedAt ? ` since ${shownTime(changedAt)}, by ${changedBy}: ${reason}` : '';
  const lines = [`${domain}: ${mode ?? 'no mode yet'}${since}`];
  if (next === null) {
    lines.push('  closed: PostgreSQL alone, and no way back');
    if (openDivergences > 0)
      lines.push(
        `  ✗ written in the legacy file since, or not settled: ${countOf(openDivergences, 'row')}`,
        `${INDENT}→ Stop the legacy program; look at \`sluice divergences list --domain ${domain}\`.`,
      );
  } else {
    const missing = next.gates.filter(({ passed }) => !passed).length;
    const verdict =
      missing === 0 ? 'every gate is open' : missing === 1 ? '1 gate is shut' : `${missing} gates are shut`;
    lines.push(`  next: ${next.to === 'new' ? 'close (new)' : next.to}; ${verdict}`, ...next.gates.map(formatGate));
    lines.push(`  ${missing === 0 ? 'go on' : 'then'}: ${next.command}`);
  }
  if (canRollBack) lines.push(`  back: sluice cutover rollback --domain ${domain} --by NAME`);
  return lines.join('\n');
}

export const formatGate = ({ gate, passed, evidence, remedy }: GateResult): string =>
  [
    `  ${passed ? '✓' : '✗'} ${gate.padEnd(14)} ${evidence.replaceAll('\n', `\n${INDENT}`)}`,
    ...(remedy === null ? [] : [`${INDENT}→ ${remedy.replaceAll('\n', `\n${INDENT}`)}`]),
  ].join('\n');

export const shownTime = (time: Date): string => `${time.toISOString().replace('T', ' ').slice(0, 19)} UTC`;

/** What became of each domain. */
export function printChanges({ options, print }: Context, changes: readonly CutoverChange[], words: string): void {
  if (options.json) return print(JSON.stringify(changes, null, 2));
  for (const { domain, from, to } of changes)
    print(from === to ? `${domain} is in ${to} already.` : `${domain} ${words}: ${from ?? 'no mode'} → ${to}.`);
}

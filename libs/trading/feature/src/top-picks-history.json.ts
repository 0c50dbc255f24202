import type { StoredTopPicksRun } from '@sluice/trading-persistence';
import type { TopPicksHistory } from './top-picks-history.service';

/**
 * The answer as JSON text. Payloads go out as Postgres wrote them and are never parsed: that keeps integers beyond 2^53
 * and the difference of `75.0` and `75`, and five thousand payloads cost no object each. Doubles that are not finite
 * become null, as JSON has no word for them.
 */
export function historyJson({ runs, filters, includePayload, generatedAt }: TopPicksHistory): string {
  const runJson = ({ run, payload }: StoredTopPicksRun): string =>
    includePayload ? `${JSON.stringify(run).slice(0, -1)},"payload":${payload ?? 'null'}}` : JSON.stringify(run);
  const rest = JSON.stringify({ count: runs.length, filters, generated_at: generatedAt });
  return `{"runs":[${runs.map(runJson).join(',')}],${rest.slice(1)}`;
}

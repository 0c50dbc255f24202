import type { StoredTopPicksRun } from '@sluice/trading-persistence';
import type { TopPicksHistory } from './top-picks-history.service';

/**
 * The answer as JSON text, a piece per page, so that five thousand payloads are never in memory together. Payloads go out
 * as Postgres wrote them and are never parsed: that keeps integers beyond 2^53 and the difference of `75.0` and `75`.
 * Doubles that are not finite become null, as JSON has no word for them.
 */
export async function* historyJson(history: TopPicksHistory): AsyncGenerator<string> {
  const { pages, filters, includePayload, generatedAt } = history;
  const runJson = ({ run, payload }: StoredTopPicksRun): string =>
    includePayload ? `${JSON.stringify(run).slice(0, -1)},"payload":${payload ?? 'null'}}` : JSON.stringify(run);
  let count = 0;
  yield '{"runs":[';
  for await (const page of pages) {
    if (page.length === 0) break;
    yield (count === 0 ? '' : ',') + page.map(runJson).join(',');
    count += page.length;
  }
  yield `],${JSON.stringify({ count, filters, generated_at: generatedAt }).slice(1)}`;
}

import type { Settings } from '@sluice/config';
import { messageOf } from '@sluice/core';
import { noTracing, type Tracing } from '@sluice/observability';
import type { Log } from './log';

/** Traces to the collector of the settings, or none. */
export async function openTracing({ tracing }: Settings, log: Log): Promise<Tracing> {
  const { endpoint, serviceName, sampleRatio } = tracing;
  if (!endpoint) return noTracing;
  const { exportedTracing } = await import('@sluice/observability/exported');
  return exportedTracing({
    ...{ endpoint: endpoint.reveal(), serviceName, sampleRatio },
    onExportFailed: (error) =>
      log.event('warn', 'the collector takes no traces; they are lost', { error: messageOf(error) }),
  });
}

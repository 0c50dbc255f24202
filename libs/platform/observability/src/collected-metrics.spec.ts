import { CollectedMetrics } from './collected-metrics';

it('tells of the process, and of the lag of its event loop', async () => {
  const text = await new CollectedMetrics().registry.metrics();
  for (const name of ['process_resident_memory_bytes', 'process_cpu_seconds_total', 'nodejs_eventloop_lag_p99_seconds'])
    expect(text).toContain(`\n${name} `);
});

it('reads a number when it is asked for, and says nothing of one that is not known', async () => {
  const metrics = new CollectedMetrics();
  let value: number | null = 3;
  metrics.gauge('sluice_things', 'Things.', () => value);
  expect(await metrics.registry.metrics()).toContain('\nsluice_things 3\n');
  value = null;
  expect(await metrics.registry.metrics()).not.toContain('\nsluice_things ');
});

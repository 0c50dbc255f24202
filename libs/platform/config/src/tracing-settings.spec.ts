import { loadSettings } from './settings';

it('traces nothing where nothing is said', () => {
  expect(loadSettings({}).tracing).toEqual({ endpoint: undefined, serviceName: 'sluice-api', sampleRatio: 1 });
});

it('reads the standard variables, and hides a password of the collector', () => {
  const { tracing } = loadSettings({
    ...{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://me:hunter2@collector:4318', OTEL_SERVICE_NAME: 'picks' },
    OTEL_TRACES_SAMPLER_ARG: '.25',
  });
  expect(tracing).toMatchObject({ serviceName: 'picks', sampleRatio: 0.25 });
  expect(String(tracing.endpoint)).toBe('https://***@collector:4318');
});

it.each([
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'grpc://collector'],
  ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
  ['OTEL_TRACES_SAMPLER_ARG', '1e-3'],
])('refuses %s=%s', (variable, value) => {
  expect(() => loadSettings({ [variable]: value })).toThrow(variable);
});

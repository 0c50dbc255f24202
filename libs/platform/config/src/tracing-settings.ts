import * as v from 'valibot';
import { SecretUrl } from './secret-url';
import { optional, preset } from './setting';

/** The variables of OpenTelemetry that are read here, by their standard names. */
export const tracingEnvironment = {
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(
    v.pipe(
      v.string(),
      v.check(
        (text) => URL.canParse(text) && /^https?:\/\//.test(text),
        'must be a URL that starts with http:// or https://',
      ),
      v.transform((text) => new SecretUrl(text)),
    ),
    'A collector of traces over HTTP: http://collector:4318. Not set: nothing is traced.',
  ),
  OTEL_SERVICE_NAME: preset(
    v.pipe(v.string(), v.maxLength(200, 'must be at most 200 characters')),
    'sluice-api',
    'The name that the traces of this process carry.',
  ),
  OTEL_TRACES_SAMPLER_ARG: preset(
    v.pipe(v.string(), v.regex(/^(?:0?\.\d{1,6}|[01](?:\.0{1,6})?)$/, 'must be a number from 0 to 1')),
    '1',
    'Of the traces that begin here, the share that is kept. A caller that has a trace decides itself.',
  ),
};

export interface TracingSettings {
  readonly endpoint: SecretUrl | undefined;
  readonly serviceName: string;
  readonly sampleRatio: number;
}

export const tracingSettingsOf = (
  value: v.InferOutput<v.ObjectSchema<typeof tracingEnvironment, undefined>>,
): TracingSettings => ({
  endpoint: value.OTEL_EXPORTER_OTLP_ENDPOINT,
  serviceName: value.OTEL_SERVICE_NAME,
  sampleRatio: Number(value.OTEL_TRACES_SAMPLER_ARG),
});

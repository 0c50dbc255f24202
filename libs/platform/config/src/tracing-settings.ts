import { z } from 'zod';
import { SecretUrl } from './secret-url';

/** The variables of OpenTelemetry that are read here, by their standard names. */
export const tracingEnvironment = {
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .string()
    .refine(
      (text) => URL.canParse(text) && /^https?:\/\//.test(text),
      'must be a URL that starts with http:// or https://',
    )
    .transform((text) => new SecretUrl(text))
    .optional()
    .describe('A collector of traces over HTTP: http://collector:4318. Not set: nothing is traced.'),
  OTEL_SERVICE_NAME: z
    .string()
    .max(200, 'must be at most 200 characters')
    .default('sluice-api')
    .describe('The name that the traces of this process carry.'),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(?:0?\.\d{1,6}|[01](?:\.0{1,6})?)$/, 'must be a number from 0 to 1')
    .default('1')
    .describe('Of the traces that begin here, the share that is kept. A caller that has a trace decides itself.'),
};

export interface TracingSettings {
  readonly endpoint: SecretUrl | undefined;
  readonly serviceName: string;
  readonly sampleRatio: number;
}

export const tracingSettingsOf = (value: z.output<z.ZodObject<typeof tracingEnvironment>>): TracingSettings => ({
  endpoint: value.OTEL_EXPORTER_OTLP_ENDPOINT,
  serviceName: value.OTEL_SERVICE_NAME,
  sampleRatio: Number(value.OTEL_TRACES_SAMPLER_ARG),
});

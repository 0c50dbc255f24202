import type { ApiPropertyOptions } from '@nestjs/swagger';

/**
 * The schema of any JSON value, null among them. Each kind is named: a schema that names none is documented as an object, by
 * the type that TypeScript leaves of `unknown`, and so is it in the typed client.
 */
export const ANY_JSON = {
  anyOf: [
    { type: 'object', additionalProperties: true },
    { type: 'array', items: {} },
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
  ],
  nullable: true,
} satisfies ApiPropertyOptions;

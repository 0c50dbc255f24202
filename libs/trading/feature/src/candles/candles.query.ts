import { TextField } from '../http/fields';

const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$/;
const ABOUT_TIMES = "India's wall clock; below a day minutes count.";

export class CandlesQuery {
  @TextField({
    description: 'As the source names it: `1d`, `60m`, `5m`.',
    example: '1d',
    maxLength: 16,
    pattern: /^[A-Za-z0-9]+$/,
  })
  interval!: string;

  @TextField({ description: `The first. ${ABOUT_TIMES}`, example: '2026-01-01', maxLength: 19, pattern: TIME })
  from!: string;

  @TextField({ description: `The last, included. ${ABOUT_TIMES}`, example: '2026-01-09', maxLength: 19, pattern: TIME })
  to!: string;

  @TextField({
    description: 'Only candles of this source, such as `yahoo`; without it those that were asked for without one.',
    example: 'yahoo',
    optional: true,
    maxLength: 32,
    pattern: /^[A-Za-z0-9_-]+$/,
  })
  source?: string;
}

import { z } from 'zod';

/** Digits only: `Number` would also take `''`, `1e3` and `0x10`. */
export const wholeNumber = (least: number, most: number) => {
  const rule = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, rule)
    .transform(Number)
    .refine((value) => value >= least && value <= most, rule);
};

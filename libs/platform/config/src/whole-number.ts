import * as v from 'valibot';

/** Digits only: `Number` would also take `''`, `1e3` and `0x10`. */
export const wholeNumber = (least: number, most: number) => {
  const rule = `must be a whole number from ${least} to ${most}`;
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,15}$/, rule),
    v.transform(Number),
    v.check((value) => value >= least && value <= most, rule),
  );
};

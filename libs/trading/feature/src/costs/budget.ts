import { roundHalfEven } from '../round-half-even';

export const BUDGET_LEVELS = ['OK', 'CAUTION', 'WARNING', 'EXCEEDED'] as const;
export type BudgetLevel = (typeof BUDGET_LEVELS)[number];

/** What a day's spend means for its budget. Amounts are US dollars, rounded as Python rounds. */
export interface BudgetAlert {
  readonly status: BudgetLevel;
  readonly spent_usd: number;
  readonly budget_usd: number;
  readonly remaining_usd: number;
  readonly percentage_used: number;
  /** Spent is less than the budget: exactly when the status is not EXCEEDED. */
  readonly available: boolean;
}

const UNITS = 10 ** 10;

/** Ten-billionths of a dollar: whole numbers compare exactly. */
function exact(decimal: string): bigint {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,10})\d*)?$/.exec(decimal) ?? [];
  const size = BigInt(`${whole}${fraction.padEnd(10, '0')}`);
  return sign ? -size : size;
}

/** `round(value, digits)` of Python, of an exact decimal: the double that is nearest to it is rounded half to even. */
export const roundedUsd = (decimal: string, digits: number): number => roundHalfEven(Number(decimal), digits);

/**
 * The legacy levels: from 50 % CAUTION, from 80 % WARNING, from 100 % EXCEEDED, compared exactly. A budget of 0 is
 * EXCEEDED at 100 %, because nothing is available; the legacy alert said OK there, and its check said no.
 */
export function budgetAlert(spent: string, budget: string): BudgetAlert {
  const [spend, limit] = [exact(spent), exact(budget)];
  const reaches = (percent: bigint): boolean => spend * 100n >= limit * percent;
  const isEmpty = limit === 0n;
  const status = isEmpty || reaches(100n) ? 'EXCEEDED' : reaches(80n) ? 'WARNING' : reaches(50n) ? 'CAUTION' : 'OK';
  return {
    status,
    spent_usd: roundedUsd(spent, 2),
    budget_usd: Number(budget),
    remaining_usd: Math.max(roundHalfEven(Number(limit - spend) / UNITS, 2), 0),
    percentage_used: isEmpty ? 100 : roundHalfEven((Number(spent) / Number(budget)) * 100, 1),
    available: status !== 'EXCEEDED',
  };
}

const CHEAPER: Readonly<Record<string, string>> = { 'gpt-4': 'gpt-4-turbo', 'gpt-4-turbo': 'gpt-3.5-turbo' };

/** The model to use: one step cheaper where nothing is available, itself where there is none cheaper. Nothing is blocked. */
export function adviseModel(model: string, isAvailable: boolean): string {
  return isAvailable || !Object.hasOwn(CHEAPER, model) ? model : CHEAPER[model]!;
}

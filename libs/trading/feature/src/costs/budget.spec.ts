import { adviseModel, budgetAlert, roundedUsd } from './budget';

describe('budgetAlert', () => {
  it.each([
    ['0', 'OK', 0],
    ['4.99999999', 'OK', 50],
    ['5', 'CAUTION', 50],
    ['7.99999999', 'CAUTION', 80],
    ['8', 'WARNING', 80],
    ['9.99999999', 'WARNING', 100],
    ['10', 'EXCEEDED', 100],
    ['12.5', 'EXCEEDED', 125],
  ])('of %s out of 10.0 is %s at %d %%', (spent, status, percentage) => {
    expect(budgetAlert(spent, '10.0')).toMatchObject({ status, percentage_used: percentage });
  });

  it('compares exactly where doubles do not: 4.52 is 80 % of 5.65', () => {
    expect((4.52 / 5.65) * 100).toBeLessThan(80);
    expect(budgetAlert('4.52', '5.65').status).toBe('WARNING');
    expect(budgetAlert('4.51999999', '5.65').status).toBe('CAUTION');
  });

  // [run] of the contract: OK, although check_budget_available(0) is false. Mended: the two agree.
  it('says of a budget of 0 that nothing is available and that it is exceeded', () => {
    expect(budgetAlert('0', '0')).toEqual({
      ...{ status: 'EXCEEDED', spent_usd: 0, budget_usd: 0, remaining_usd: 0, percentage_used: 100, available: false },
    });
  });

  it('rounds the spend and the rest to two digits and the percentage to one', () => {
    expect(budgetAlert('3.14159265', '10')).toEqual({
      ...{ status: 'OK', spent_usd: 3.14, budget_usd: 10, remaining_usd: 6.86, percentage_used: 31.4, available: true },
    });
  });

  it('has no less than nothing left, and more than the budget where requests of negative costs were migrated', () => {
    expect(budgetAlert('11', '10')).toMatchObject({ remaining_usd: 0, available: false });
    expect(budgetAlert('-1', '10')).toMatchObject({ remaining_usd: 11, status: 'OK', percentage_used: -10 });
  });

  it('is available exactly below the budget', () => {
    expect(budgetAlert('9.99999999', '10').available).toBe(true);
    expect(budgetAlert('10', '10').available).toBe(false);
  });
});

// [run] of the contract: round(0.125, 2) = 0.12. The others are what Python answers.
it.each([
  ['0.125', 2, 0.12],
  ['0.375', 2, 0.38],
  ['2.675', 2, 2.67],
  ['0.135', 2, 0.14],
  ['0.00005', 4, 0.0001],
])('rounds %s to %d digits as Python does: %d', (decimal, digits, rounded) => {
  expect(roundedUsd(decimal, digits)).toBe(rounded);
});

describe('adviseModel', () => {
  it.each([
    ['gpt-4', 'gpt-4-turbo'],
    ['gpt-4-turbo', 'gpt-3.5-turbo'],
    ['gpt-3.5-turbo', 'gpt-3.5-turbo'],
    ['gpt-4o', 'gpt-4o'],
    ['constructor', 'constructor'],
  ])('steps from %s to %s when the budget is used up', (model, cheaper) => {
    expect(adviseModel(model, false)).toBe(cheaper);
    expect(adviseModel(model, true)).toBe(model);
  });
});

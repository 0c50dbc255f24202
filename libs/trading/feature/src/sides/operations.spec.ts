import { compare } from './comparison';
import {
  costOperations,
  recommendationOperations,
  runOperations,
  runTextOperations,
  usageOperations,
} from './operations';

const day = 86_400_000;
const timeOf = (daysAgo: number): string => new Date(Date.now() - daysAgo * day).toISOString().slice(0, 19);
const storedRun = (id: number, daysAgo: number) => ({
  ...{ id, payload: '{"picks":[]}' },
  run: { run_id: `r${id}`, universe: 'u', mode: 'M', generated_at_utc: timeOf(daysAgo), trigger: 't', elapsed_sec: 1 },
});

describe('declared differences', () => {
  const { list } = runOperations;

  it('are runs that only PostgreSQL keeps after the legacy program deleted them for their age', () => {
    const young = [storedRun(3, 1), storedRun(2, 80)];
    expect(compare(list.answer, young, [...young, storedRun(1, 95)])).toEqual([
      { path: '[].length', rule: "kept after the legacy program's retention" },
    ]);
    expect(compare(list.answer, young, [...young, storedRun(1, 85)])).toEqual([{ path: '[].length', rule: null }]);
    expect(compare(list.answer, young, young.slice(1))[0]?.rule).toBeNull();
  });

  it('are such a run by its id, and no younger one', () => {
    const text = (daysAgo: number) => ({
      version: '7',
      text: JSON.stringify({ generated_at_utc: `${timeOf(daysAgo)}Z` }),
    });
    const rules = (legacy: unknown, target: unknown) =>
      compare(runTextOperations.find.answer, legacy, target).map(({ rule }) => rule);
    expect(rules(null, text(95))).toEqual(["kept after the legacy program's retention"]);
    expect(rules(null, text(3))).toEqual([null]);
    expect(rules(text(95), null)).toEqual([null]);
    expect(rules({ ...text(3), version: 'other' }, text(3))).toEqual([]);
  });

  it('are sums of costs to less than a millionth of a dollar', () => {
    const rules = (legacy: string, target: string) =>
      compare(costOperations.spendOf.answer, legacy, target).map(({ rule }) => rule);
    expect(rules('19.41173850', '19.4117385')).toEqual([]);
    expect(rules('19.41173851', '19.4117385')).toEqual(['costs are kept to eight decimals']);
    expect(rules('19.4117395', '19.4117385')).toEqual([null]);
  });

  it("are times that say UTC and are India's, by exactly their distance", () => {
    const rules = (legacy: string, target: string) =>
      compare(recommendationOperations.list.answer, [{ generated_at_utc: legacy }], [{ generated_at_utc: target }]).map(
        ({ rule }) => rule,
      );
    expect(rules('2026-01-09T19:56:26.097643Z', '2026-01-09T14:26:26.097643Z')).toEqual([
      "India's time, labelled UTC and mended",
    ]);
    expect(rules('2026-01-09T19:56:27Z', '2026-01-09T14:26:26Z')).toEqual([null]);
    expect(rules('2026-01-09T14:26:26Z', '2026-01-09T19:56:26Z')).toEqual([null]);
  });

  it('are not money that is a cent off, nor a price list that only one side has', () => {
    const usage = (cost: string, defaultPriced: boolean) => ({
      ...{ requests: 1, tokensInput: 1, tokensOutput: null, cost, averageCost: '0.5', days: [] },
      models: [{ model: 'm', requests: 1, cost, defaultPriced }],
    });
    const { answer } = usageOperations.since;
    expect(compare(answer, usage('0.50', true), usage('0.50000000', false))).toEqual([]);
    expect(compare(answer, usage('0.51', true), usage('0.5', true)).map(({ path }) => path)).toEqual([
      'cost',
      'models[].cost',
    ]);
  });
});

import type { Members } from '../json-members';
import { floatOf, headProblem, readHead, readItem } from './recommendation.rules';

const now = '2026-02-01T00:00:00.000000Z';
const read = (item: unknown, payload: Members = {}) => readItem(item, readHead(payload, 'hourly'), now);
const rowOf = (item: Members, payload: Members = {}) => {
  const reading = read({ symbol: 'tcs', ...item }, payload);
  if (!('row' in reading)) throw new Error(JSON.stringify(reading));
  return reading.row;
};

describe('the columns of a recommendation', () => {
  it('have defaults for everything but the symbol', () => {
    expect(rowOf({})).toEqual({
      ...{ symbol: 'TCS', mode: 'Unknown', universe: 'UNKNOWN', source: 'hourly', recommendation: 'Hold' },
      ...{ direction: 'LONG', generated_at_utc: now, entry_price: null, stop_loss_price: null, target_price: null },
      ...{ score_blend: 0, confidence: null, risk_profile: null, run_id: null, rank_in_run: null },
      policy_version: null,
      features_json: {
        ...{
          scores: null,
          agent_consensus: null,
          key_signals: null,
          exit_strategy: {},
          reasoning: null,
          horizon: null,
        },
        ...{ risk_reward_ratio: null, color_scheme: null, recommendation_note: null },
        metadata: { elapsed_seconds: null },
      },
    });
  });

  it('come from the payload, whose spelling of the mode is kept', () => {
    const payload = {
      ...{ mode: 'swing', universe: 'nifty50', run_id: 42, risk_profile: 'Moderate', elapsed_seconds: 1.5 },
      metadata: { policy_version: '1.0' },
    };
    const row = rowOf({ mode: 'Intraday', scores: { a: 1 }, other: 'left out' }, payload);
    expect(row).toMatchObject({
      ...{ mode: 'swing', universe: 'NIFTY50', run_id: '42', risk_profile: 'Moderate', policy_version: '1.0' },
    });
    expect(row.features_json).toMatchObject({ scores: { a: 1 }, metadata: { elapsed_seconds: 1.5 } });
    expect(Object.keys(row.features_json)).toHaveLength(10);
    expect(rowOf({ mode: 'Intraday' }).mode).toBe('Intraday');
    expect(rowOf({}, { policy_version: '2', metadata: { policy_version: '1' } }).policy_version).toBe('2');
  });

  it.each([
    ['Strong Sell', 'SHORT'],
    ['oversells', 'SHORT'],
    ['Strong Buy', 'LONG'],
    ['Neutral', 'LONG'],
  ])('take %s as %s', (recommendation, direction) => expect(rowOf({ recommendation })).toMatchObject({ direction }));

  it.each([
    ["India's clock without an offset", { as_of: '2026-01-09T19:56:26.097643' }, '2026-01-09T14:26:26.097643Z'],
    ['an offset', { as_of: '2026-01-09T19:56:26+02:00' }, '2026-01-09T17:56:26.000000Z'],
    ['Z', { as_of: '2026-01-09T19:56:26Z' }, '2026-01-09T19:56:26.000000Z'],
    ['generated_at', { as_of: '', generated_at: '2026-01-09T05:30:00' }, '2026-01-09T00:00:00.000000Z'],
    ["a date, India's midnight", { as_of: '2026-01-09' }, '2026-01-08T18:30:00.000000Z'],
    ['a text that is no time', { as_of: 'soon', generated_at: '2026-01-09' }, now],
    ['a number', { as_of: 7 }, now],
    ['nothing', {}, now],
  ])('take the time from %s', (_what, payload, expected) => {
    expect(rowOf({}, payload).generated_at_utc).toBe(expected);
  });

  it.each([
    ['Scalping', { entry_price: 10, price: 11 }, 10],
    ['Scalping', { entry_price: 0, price: 11 }, 11],
    ['Scalping', { price: '12.5' }, 12.5],
    ['scalping', { entry_price: 10, price: 11 }, 11],
    ['Swing', { entry_price: 10 }, null],
    ['Swing', { price: true }, 1],
    ['Swing', { price: 0 }, 0],
  ])('enter %s with %j at %p', (mode, item, price) => expect(rowOf(item, { mode }).entry_price).toBe(price));

  it.each([
    ['both', { stop_loss_price: '97', target_price: 105 }, [97, 105]],
    ['a target that is none', { stop_loss_price: 97, target_price: 'high' }, [97, null]],
    ['a stop that is none', { stop_loss_price: [], target_price: 105 }, [null, null]],
    ['no stop', { target_price: 105 }, [null, 105]],
    ['no object', 'hold', [null, null]],
  ])('read %s from the exit strategy', (_what, strategy, expected) => {
    const { stop_loss_price: stop, target_price: target } = rowOf({ exit_strategy: strategy });
    expect([stop, target]).toEqual(expected);
  });

  it.each([
    [{ score_blend: 62.5, blend_score: 1 }, 62.5],
    [{ blend_score: '1.5' }, 1.5],
    [{ score_blend: null, blend_score: 1 }, null],
    [{ score_blend: 'NaN' }, null],
    [{}, 0],
  ])('score %j as %p', (item, score) => expect(rowOf(item).score_blend).toBe(score));

  it.each([
    ['High', 'High'],
    [0.8, '0.8'],
    [true, 'True'],
    [null, null],
  ])('write the confidence %p as %p', (confidence, text) => expect(rowOf({ confidence }).confidence).toBe(text));

  it.each([
    [2, 2],
    [true, 1],
    [2.5, null],
    ['2', null],
  ])('rank %p as %p', (rank, stored) => expect(rowOf({ rank }).rank_in_run).toBe(stored));
});

describe('an item', () => {
  it.each([[{}], [{ symbol: '' }], [{ symbol: null, price: 'x' }]])('%j is passed over', (item) => {
    expect(read(item)).toMatchObject({ skipped: 'it has no symbol' });
  });

  it.each([
    ['no object', 'TCS', 'it is no object'],
    ['a list', [], 'it is no object'],
    ['null', null, 'it is no object'],
    ['a price that is no number', { symbol: 'A', price: 'high' }, 'its entry price is not a number'],
    ['a price of NaN', { symbol: 'A', price: 'nan' }, 'its entry price is not a number'],
    ['an infinite price', { symbol: 'A', price: Infinity }, 'price must be a finite number'],
    ['NUL', { symbol: 'A', reasoning: '\0' }, 'reasoning must hold neither NUL nor half a character'],
    ['half a character', { symbol: '\ud83d' }, 'symbol must hold neither NUL nor half a character'],
    ['a symbol that is no text', { symbol: { a: 1 } }, 'its symbol is no text'],
    ['an overlong symbol', { symbol: 'A'.repeat(201) }, 'its symbol is longer than 200 characters'],
    ['a confidence that is no text', { symbol: 'A', confidence: [] }, 'its confidence is no text'],
  ])('of %s is refused with a reason', (_what, item, refused) => expect(read(item)).toMatchObject({ refused }));
});

it('says what is wrong with a payload as a whole', () => {
  expect(headProblem({ universe: 'nifty50', mode: null })).toBeNull();
  expect(headProblem({ mode: ['Swing'] })).toBe('its mode is no text');
  expect(headProblem({ run_id: 'x'.repeat(201) })).toBe('its run_id is longer than 200 characters');
});

it.each([
  [' 1_000.5e-1 ', 100.05],
  ['.5', 0.5],
  ['5.', 5],
  ['inf', null],
  ['1__0', null],
  ['0x10', null],
  ['', null],
  [{}, null],
])('reads %p as Python does: %p', (value, number) => expect(floatOf(value)).toBe(number));

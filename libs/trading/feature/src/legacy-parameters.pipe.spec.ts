import 'reflect-metadata';
import { AlphaDatasetQuery } from './alpha.query';
import { LegacyParametersPipe, ParameterInvalidError } from './legacy-parameters.pipe';
import { TopPicksHistoryQuery } from './top-picks-history.query';

const read = (query: object): Promise<AlphaDatasetQuery> =>
  new LegacyParametersPipe().transform(query, { type: 'query', metatype: AlphaDatasetQuery });
const problemsOf = async (query: object): Promise<unknown> => {
  const error: unknown = await read(query).catch((failure: unknown) => failure);
  return error instanceof ParameterInvalidError ? error.problems : error;
};

describe('LegacyParametersPipe', () => {
  it('fills the defaults and ignores what it does not know', async () => {
    expect({ ...(await read({ nonsense: '1' })) }).toEqual({ evaluated_only: true, limit: 100, offset: 0 });
  });

  it.each(['true', 'T', 'yes', 'ON', '1'])('reads %p as yes', async (text) => {
    expect((await read({ evaluated_only: text })).evaluated_only).toBe(true);
  });

  it.each(['false', 'F', 'no', 'Off', '0'])('reads %p as no', async (text) => {
    expect((await read({ evaluated_only: text })).evaluated_only).toBe(false);
  });

  it('takes the last of a repeated parameter', async () => {
    expect(await read({ limit: ['1', '2'], mode: ['Swing', 'Intraday'] })).toMatchObject({
      limit: 2,
      mode: 'Intraday',
    });
  });

  it.each([' 5 ', '+5', '5.0'])('reads %p as five', async (text) => {
    expect((await read({ limit: text })).limit).toBe(5);
  });

  it('names the parameter, the rule and its type for each problem', async () => {
    expect(await problemsOf({ limit: '501', offset: '-1', evaluated_only: 'maybe' })).toEqual([
      {
        ...{ loc: ['query', 'evaluated_only'], type: 'bool_parsing' },
        msg: 'Input should be a valid boolean, unable to interpret input',
      },
      {
        ...{ loc: ['query', 'limit'], type: 'less_than_equal' },
        msg: 'Input should be less than or equal to 500',
      },
      {
        ...{ loc: ['query', 'offset'], type: 'greater_than_equal' },
        msg: 'Input should be greater than or equal to 0',
      },
    ]);
  });

  it.each(['', 'ten', '1e2', '5.5', '0x10', 'NaN'])('refuses %p as a whole number', async (text) => {
    expect(await problemsOf({ limit: text })).toEqual([expect.objectContaining({ type: 'int_parsing' })]);
  });

  it('has the bounds of the history route', async () => {
    const history = (query: object) =>
      new LegacyParametersPipe().transform(query, { type: 'query', metatype: TopPicksHistoryQuery });
    await expect(history({ limit: '5001' })).rejects.toBeInstanceOf(ParameterInvalidError);
    await expect(history({ limit: '0' })).rejects.toBeInstanceOf(ParameterInvalidError);
    expect(await history({ limit: '5000' })).toMatchObject({ limit: 5000, include_payload: true });
  });
});

import 'reflect-metadata';
import { LatestPicksQuery, PicksHeatmapQuery } from './cached-values.query';
import { LegacyParametersPipe } from './legacy-parameters.pipe';

const read = (query: object, metatype: new () => object): Promise<object> =>
  new LegacyParametersPipe().transform(query, { type: 'query', metatype });

const long = 'x'.repeat(201);

it.each([
  ['universe', LatestPicksQuery],
  ['mode', PicksHeatmapQuery],
] as const)(
  'refuses a %s of a length that none has, in the words of the legacy service',
  async (parameter, metatype) => {
    await expect(read({ [parameter]: long }, metatype)).rejects.toMatchObject({
      problems: [
        {
          loc: ['query', parameter],
          type: 'string_too_long',
          msg: 'String should have at most 200 characters',
        },
      ],
    });
    expect(await read({ [parameter]: long.slice(1) }, metatype)).toMatchObject({ [parameter]: long.slice(1) });
  },
);

it('takes as many symbols as there are', async () => {
  const symbols = Array.from({ length: 1_000 }, (_, i) => `SYM${i}`).join();
  expect(await read({ symbols }, PicksHeatmapQuery)).toMatchObject({ symbols });
});

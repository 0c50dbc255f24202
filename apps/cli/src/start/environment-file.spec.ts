import { environmentHint, environmentText } from './environment-file';

describe('the environment file', () => {
  it('is read by a shell as it was meant, whatever the values hold', () => {
    expect(
      environmentText({ DATABASE_URL: `postgresql://u:p'$x@h/d`, REDIS_URL: undefined, LEGACY_DIR: '/my dir' }),
    ).toBe(`DATABASE_URL='postgresql://u:p'\\''$x@h/d'\nLEGACY_DIR='/my dir'\n`);
  });

  it.each([
    ['/repo', '. .sluice/env;'],
    ['/elsewhere', '. /repo/.sluice/env;'],
    ['/repo/.sluice', '. /repo/.sluice/env;'],
  ])('is named from %s so that a shell finds it', (from, expected) => {
    expect(environmentHint('/repo/.sluice/env', from)).toContain(expected);
  });

  it('is quoted where its place needs it', () => {
    expect(environmentHint('/my repo/.sluice/env', '/')).toContain(`. 'my repo/.sluice/env';`);
  });
});

import { isLocal } from './local-only';

describe('isLocal', () => {
  it.each(['127.0.0.1', '127.8.0.1', '::1', '::ffff:127.0.0.1'])('takes %s', (address) => {
    expect(isLocal({ address, headers: {} })).toBe(true);
  });

  it.each([undefined, '', '10.0.0.7', '::ffff:10.0.0.7', '1127.0.0.1', 'fe80::1'])('refuses %s', (address) => {
    expect(isLocal({ address, headers: {} })).toBe(false);
  });

  it('refuses what a proxy on this machine passes on', () => {
    for (const name of ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'])
      expect(isLocal({ address: '127.0.0.1', headers: { [name]: '127.0.0.1' } })).toBe(false);
  });

  it.each([
    ['http://127.0.0.1:3000', true],
    ['http://localhost:3000', true],
    ['http://[::1]', true],
    ['https://evil.example', false],
    ['http://localhost.evil.example', false],
    ['null', false],
  ])('knows whether a page of %s asks: %s', (origin, expected) => {
    expect(isLocal({ address: '127.0.0.1', headers: { origin } })).toBe(expected);
  });

  it.each([
    ['cross-site', false],
    ['same-site', true],
    ['same-origin', true],
    ['none', true],
  ])('knows by the site of a picture or link, which has no origin, whether it may: %s is %s', (site, expected) => {
    expect(isLocal({ address: '127.0.0.1', headers: { 'sec-fetch-site': site } })).toBe(expected);
  });

  it('believes the origin where there is one: a page of another port is of this machine', () => {
    const headers = { origin: 'http://localhost:5173', 'sec-fetch-site': 'cross-site' };
    expect(isLocal({ address: '127.0.0.1', headers })).toBe(true);
  });

  it.each([
    ['localhost:3000', true],
    ['LOCALHOST', true],
    ['127.8.0.1:80', true],
    ['[::1]:3000', true],
    ['evil.example:3000', false],
    ['localhost.evil.example', false],
    ['127.0.0.1.evil.example', false],
    ['10.0.0.7', false],
    ['localhost:3000@evil.example', false],
    ['', false],
  ])('knows that %s is a name of this machine: %s', (host, expected) => {
    expect(isLocal({ address: '127.0.0.1', headers: { host } })).toBe(expected);
  });
});

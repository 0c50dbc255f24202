import { parseRedisUrl } from './redis-url';

it('reads every part and shows none of the secrets', () => {
  const { options, server } = parseRedisUrl('rediss://app:p%40ss@cache.example:6380/3');
  expect(options).toEqual({
    host: 'cache.example',
    port: 6380,
    db: 3,
    username: 'app',
    password: 'p@ss',
    tls: { servername: 'cache.example' },
  });
  expect(server).toBe('cache.example:6380/3');
});

it('takes the usual port, database 0 and no credentials', () => {
  expect(parseRedisUrl('redis://[::1]').options).toEqual({ host: '::1', port: 6379, db: 0 });
});

it.each([
  'http://user:secret@host',
  'secret',
  'redis://:secret@host/x',
  'redis://:secret@host/65536',
  'redis://:secret@host?db=1',
  'redis://:secret%@host',
  'redis://:secret@',
])('refuses %s without repeating it', (url) => {
  const parse = () => parseRedisUrl(url);
  expect(parse).toThrow(expect.objectContaining({ code: 'REDIS_URL_INVALID' }));
  expect(parse).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret') }));
});

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { tempDir } from '@sluice/testing';
import { parseRedisUrl } from './redis-url';

it('reads every part and shows none of the secrets', () => {
  const { kind, options, server } = parseRedisUrl('rediss://app:p%40ss@cache.example:6380/3');
  expect(kind).toBe('standalone');
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
  expect(parseRedisUrl('redis://[::1]:80/').server).toBe('[::1]:80/0');
});

it('reads sentinels with their group, its database and both kinds of credentials', () => {
  expect(
    parseRedisUrl(
      'rediss-sentinel://app:s%3Acret@s1,s2:26380,[::1]:7/main/2?sentinel-user=ops&sentinel-password=p%26w',
    ),
  ).toEqual({
    kind: 'sentinel',
    server: 's1:26379,s2:26380,[::1]:7/main/2',
    options: {
      sentinels: [
        { host: 's1', port: 26_379 },
        { host: 's2', port: 26_380 },
        { host: '::1', port: 7 },
      ],
      name: 'main',
      db: 2,
      username: 'app',
      password: 's:cret',
      sentinelUsername: 'ops',
      sentinelPassword: 'p&w',
      tls: {},
      sentinelTLS: {},
      enableTLSForSentinelMode: true,
    },
  });
  expect(parseRedisUrl('redis-sentinel://s1/main').options).toEqual({
    sentinels: [{ host: 's1', port: 26_379 }],
    name: 'main',
    db: 0,
  });
});

it('reads the nodes of a cluster', () => {
  expect(parseRedisUrl('rediss-cluster://:secret@a:7000,b')).toEqual({
    kind: 'cluster',
    server: 'a:7000,b:6379',
    nodes: [
      { host: 'a', port: 7000 },
      { host: 'b', port: 6379 },
    ],
    options: { password: 'secret', tls: {} },
  });
  expect(parseRedisUrl('redis-cluster://a/0').options).toEqual({});
});

it.each([
  'http://user:secret@host',
  'secret',
  'redis://:secret@host/x',
  'redis://:secret@host/65536',
  'redis://:secret@host?db=1',
  'redis://:secret%@host',
  'redis://:secret@',
  'redis://:secret@a,b',
  'redis://:secret@a:0',
  'redis://:secret@a:65536',
  'redis://:secret@a:x',
  'redis://:secret@a b',
  'redis://:secret@host#fragment',
  'redis-cluster://:secret@a,b/1',
  'redis-cluster://:secret@a,,b',
  'redis-cluster://:secret@a?scaleReads=all',
  'redis-sentinel://:secret@a,b',
  'redis-sentinel://:secret@a/main/0/1',
  'redis-sentinel://:secret@a/ma*in',
  'redis-sentinel://:secret@a/main?db=1',
  'redis-sentinel://:secret@a/main?sentinel-password=secret&sentinel-password=secret',
  'redis-sentinels://:secret@a/main',
])('refuses %s without repeating it', (url) => {
  const parse = () => parseRedisUrl(url);
  expect(parse).toThrow(expect.objectContaining({ code: 'REDIS_URL_INVALID' }));
  expect(parse).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret') }));
});

it('takes an authority for TLS from a file, for every server of each kind of address', async () => {
  const dir = await tempDir();
  const file = path.join(dir.path, 'a & b.pem');
  writeFileSync(file, 'PEM');
  const ca = encodeURIComponent(file);
  expect(parseRedisUrl(`rediss://10.0.0.1/2?ca=${ca}`).options).toMatchObject({ db: 2, tls: { ca: 'PEM' } });
  expect(parseRedisUrl(`rediss://10.0.0.1`).options.tls).toEqual({});
  expect(parseRedisUrl(`rediss-cluster://a?ca=${ca}`).options.tls).toEqual({ ca: 'PEM' });
  const sentinel = parseRedisUrl(`rediss-sentinel://s1/main?sentinel-user=ops&ca=${ca}`).options;
  expect(sentinel).toMatchObject({ sentinelUsername: 'ops', tls: { ca: 'PEM' }, sentinelTLS: { ca: 'PEM' } });
  for (const refused of [`redis://a?ca=${ca}`, `rediss://a?ca=${ca}&ca=${ca}`, `rediss://a?ca=${ca}.none`, 'rediss://a?insecure=1'])
    expect(() => parseRedisUrl(refused)).toThrow(expect.objectContaining({ code: 'REDIS_URL_INVALID', message: expect.not.stringContaining('pem') })); // prettier-ignore
  await dir.remove();
});

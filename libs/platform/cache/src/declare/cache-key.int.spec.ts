import { freshRedis } from '@sluice/testing';
import Redis from 'ioredis';
import { cacheKey, globOf, keyParts } from './cache-key';

const odd = ['\0', 'a\0b', 'line\nbreak', '*', '?', '[a-z]', '\\', '{slot}', '}{', ':', '%2A', '%', '😀', 'x'.repeat(10_000), '\0'.repeat(10_000)]; // prettier-ignore

it('stores, lists and clears odd keys exactly, and those of a name that is a pattern', async () => {
  const redis = new Redis((await freshRedis()).url);
  try {
    const keys = odd.flatMap((part) => [cacheKey('a*[b]', part, 'end'), cacheKey('a*[b]', 'start', part)]);
    const others = ['a*[b]', 'axb:start:end', 'ab:start:end', 'a*[b]x:start:end'];
    for (const [index, key] of [...keys, ...others].entries()) await redis.set(key, String(index));
    const values = await redis.mget(keys);
    expect(values).toEqual(keys.map((_key, index) => String(index)));

    const found = await redis.keys(globOf('a*[b]'));
    expect(found.toSorted()).toEqual(keys.toSorted());
    const parts = found.map((key) => keyParts('a*[b]', key, 2));
    expect(new Set(parts.flat())).toEqual(new Set([...odd, 'start', 'end']));

    expect(await redis.unlink(...found)).toBe(keys.length);
    expect((await redis.keys('*')).toSorted()).toEqual(others.toSorted());
  } finally {
    redis.disconnect();
  }
});

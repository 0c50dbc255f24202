import { freshRedis } from '@sluice/testing';
import Redis from 'ioredis';
import { scoreOf, scoreText, sortedSet } from './sorted-set';

const scores = [-Infinity, -1e300, -1.5, -0, 0.1, 1 / 3, 5e-324, 2 ** 53, 123456789012345680000, Number.MAX_VALUE, Infinity]; // prettier-ignore

/** A small set and a large one are kept in different ways in Redis. */
it.each([1, 200])('comes back from Redis bit for bit and in its order (%i members a score)', async (times) => {
  const redis = new Redis((await freshRedis()).url);
  try {
    const names = ['b', 'a', '\uffff', '😀', 'é\0'];
    const members = sortedSet().encode(
      scores.flatMap((score, at) =>
        Array.from({ length: times }, (_, i) => ({ member: `${names[i % names.length]}${at}-${i}`, score })),
      ),
    );
    await redis.zadd('set', ...members.flatMap(({ member, score }) => [scoreText(score), member]));
    const told = await redis.zrange('set', 0, -1, 'WITHSCORES');
    const read = members.map((_, i) => ({ member: told[2 * i] ?? '', score: scoreOf(told[2 * i + 1] ?? '') }));
    expect(sortedSet().decode(read)).toEqual(members);
  } finally {
    redis.disconnect();
  }
});

export { redisFailure, RedisRefusedError, RedisUnavailableError, RedisUrlError } from './errors';
export { RedisConnection, type RedisTimes } from './redis-connection';

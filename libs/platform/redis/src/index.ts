export { redisFailure, RedisRefusedError, RedisUnavailableError, RedisUrlError } from './errors';
export { redisFailureClass, type RedisFailureClass } from './failure-class';
export type { RedisTimes } from './redis-client';
export { RedisConnection } from './redis-connection';
export type { RedisSubscriber, SubscriberEvents } from './redis-subscriber';

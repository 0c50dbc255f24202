export { redisFailure, RedisRefusedError, RedisUnavailableError, RedisUrlError } from './errors';
export { classOfReply, redisFailureClass, type RedisFailureClass } from './failure-class';
export type { RedisTimes } from './redis-client';
export { RedisConnection } from './redis-connection';
export { ReadLane, type LiveValues } from './read/read-lane';
export type { RedisSubscriber, SubscriberEvents } from './redis-subscriber';
export type { BatchOutcome } from './load/lane';
export {
  MAX_BATCH_COMMANDS,
  RawLoader,
  RedisLoadInterruptedError,
  type LoadOptions,
  type LoadTotals,
} from './load/raw-loader';
export { respCommand, setBatch, type RespBatch, type RespEntry } from './load/resp';
export { checkRedis, type RedisFinding, type RedisRole } from './redis-checks';

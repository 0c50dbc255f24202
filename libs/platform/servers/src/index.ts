export { DataDirInUseError, ServerMissingError, ServerStartError } from './errors';
export { freePort } from './free-port';
export { EmbeddedPostgres, startEmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres';
export { findRedisServer, LocalRedis, startLocalRedis, type LocalRedisOptions } from './local-redis';

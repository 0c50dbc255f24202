export { freshDatabase, type FreshDatabase } from './fresh-database';
export { freshRedis, type FreshRedis } from './fresh-redis';
export { startPostgres, startRedis, type OwnPostgres, type OwnRedis, type OwnServer } from './own-servers';
export { startRedisCluster, type OwnRedisCluster } from './own-redis-cluster';
export { startRedisSentinel, type OwnRedisSentinel } from './own-redis-sentinel';
export { run, type RunOptions, type RunResult } from './run';
export { TestDesk } from './shared-servers';
export { tcpProxy, type TcpProxy } from './tcp-proxy';
export { tempDir, type TempDir } from './temp-dir';

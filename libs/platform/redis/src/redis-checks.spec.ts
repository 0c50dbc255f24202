import { infoFindings, parseInfo, type RedisRole } from './redis-checks';

const good = {
  redis_version: '7.0.15',
  run_id: 'c0ffee',
  uptime_in_seconds: '5',
  role: 'master',
  loading: '0',
  cluster_enabled: '0',
  maxmemory: '100',
  maxmemory_policy: 'noeviction',
  aof_enabled: '1',
  aof_last_write_status: 'ok',
};
function levels(role: RedisRole, changes: Record<string, string | undefined>, isCluster = false) {
  const fields = Object.entries({ ...good, ...changes }).filter(([, value]) => value !== undefined);
  const info = parseInfo(`# Server\r\n${fields.map(([name, value]) => `${name}:${value}`).join('\r\n')}\r\n`);
  const found = infoFindings(info, role, isCluster).filter(({ level }) => level !== 'ok');
  return found.map(({ level, check, remedy }) => `${level} ${check}${remedy ? '' : ' without remedy'}`);
}

it('finds nothing against a corpus that keeps all', () => {
  expect(levels('corpus', {})).toEqual([]);
  expect(levels('queue', {})).toEqual([]);
});

it.each<[RedisRole, Record<string, string | undefined>, string[]]>([
  ['cache', { maxmemory_policy: 'allkeys-lru', aof_enabled: '0' }, []],
  ['cache', { maxmemory_policy: 'volatile-ttl' }, []],
  ['cache', { maxmemory_policy: 'noeviction' }, ['warning eviction']],
  ['cache', { maxmemory_policy: 'allkeys-lru', maxmemory: '0' }, ['warning eviction']],
  ['corpus', { maxmemory_policy: 'allkeys-lru' }, ['error eviction']],
  ['queue', { maxmemory_policy: 'volatile-lru' }, ['error eviction']],
  ['corpus', { aof_enabled: '0' }, ['error persistence']],
  ['queue', { aof_enabled: '0' }, ['error persistence']],
  ['corpus', { aof_last_write_status: 'err' }, ['error persistence']],
  ['corpus', { redis_version: '6.1.9' }, ['error version']],
  ['corpus', { redis_version: '5.0.14' }, ['error version']],
  ['corpus', { redis_version: '6.2.0' }, []],
  ['corpus', { redis_version: '10.0.0' }, []],
  ['corpus', { role: 'slave' }, ['error topology']],
  ['corpus', { loading: '1' }, ['warning topology']],
  ['corpus', { cluster_enabled: '1' }, ['error topology']],
  ['corpus', { redis_version: undefined, run_id: undefined }, ['warning version', 'warning run']],
  ['corpus', { maxmemory_policy: undefined, aof_enabled: undefined }, ['warning eviction', 'warning persistence']],
])('finds against a %s with %j: %j', (role, changes, found) => {
  expect(levels(role, changes)).toEqual(found);
});

it('takes a node of a cluster where a cluster was meant', () => {
  expect(levels('corpus', { cluster_enabled: '1' }, true)).toEqual([]);
});

import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startLocalRedis } from '@sluice/servers';
import Redis from 'ioredis';
import { ownServer, startRedis, type OwnRedis } from './own-servers';
import { ensureRedisProgram } from './redis-program';
import { serverDir } from './temp-dir';
import { until } from './until';
import { withStopped } from './with-stopped';

const GROUP = 'main';
const SENTINELS = 3;
const SETTINGS = { 'repl-diskless-sync-delay': 0 };

export interface OwnRedisSentinel {
  /** `redis-sentinel://` with all sentinels and the group's name. */
  readonly url: string;
  /** The primary as it was at first. */
  readonly primary: OwnRedis;
  /** The replica as it was at first. */
  readonly replica: OwnRedis;
  readonly sentinels: readonly OwnRedis[];
  /** Swaps the two, both alive, as an operator would, and waits until every sentinel names the new primary. */
  failover(): Promise<void>;
  /** Until every living sentinel names this one as the primary, and it takes writes. */
  waitForPrimary(server: OwnRedis): Promise<void>;
  stop(): Promise<void>;
}

/** A primary with one replica, and three sentinels with a quorum of two that call it dead after 500 ms. */
export async function startRedisSentinel(): Promise<OwnRedisSentinel> {
  return withStopped(async (keep) => {
    const primary = keep(await startRedis({ settings: SETTINGS }));
    const replica = keep(await startRedis({ settings: { ...SETTINGS, replicaof: `127.0.0.1 ${portOf(primary)}` } }));
    const sentinels: OwnRedis[] = [];
    for (let index = 0; index < SENTINELS; index += 1) sentinels.push(keep(await startSentinel()));
    await Promise.all(sentinels.map((sentinel) => watch(sentinel, primary)));
    await until(() => every(sentinels, isComplete), {
      what: 'the sentinels know each other and the replica',
      failureIsNo: true,
    });

    const isPrimary = async (server: OwnRedis): Promise<boolean> => {
      const named = await every(sentinels, (client) => isNamed(client, server));
      return named && (await asking(server, (client) => client.role()))[0] === 'master';
    };
    const waitForPrimary = async (server: OwnRedis) =>
      void (await until(() => isPrimary(server), { what: 'the sentinels name the new primary', failureIsNo: true }));
    return {
      url: `redis-sentinel://${sentinels.map(({ url }) => new URL(url).host).join(',')}/${GROUP}`,
      primary,
      replica,
      sentinels,
      waitForPrimary,
      failover: async () => {
        const isFirst = await asking(sentinels[0]!, (client) => isNamed(client, primary));
        await asking(sentinels[0]!, (client) => client.call('SENTINEL', 'FAILOVER', GROUP));
        await waitForPrimary(isFirst ? replica : primary);
      },
      stop: async () => void (await Promise.all([...sentinels, primary, replica].map((server) => server.stop()))),
    };
  });
}

/** A sentinel wants a file that it can write to as its first argument, which is why it is started by a script. */
async function startSentinel(): Promise<OwnRedis> {
  const dir = await serverDir();
  const config = path.join(dir.path, 'sentinel.conf');
  const script = path.join(dir.path, 'sentinel');
  writeFileSync(config, '');
  writeFileSync(script, `#!/bin/sh\nexec '${await ensureRedisProgram()}' '${config}' --sentinel "$@"\n`);
  chmodSync(script, 0o755);
  return ownServer(await startLocalRedis(script, { dataDir: dir.path }), dir.remove);
}

async function watch(sentinel: OwnRedis, primary: OwnRedis): Promise<void> {
  await asking(sentinel, async (client) => {
    await client.call('SENTINEL', 'MONITOR', GROUP, '127.0.0.1', portOf(primary), 2);
    for (const [name, value] of [
      ['down-after-milliseconds', 500],
      ['failover-timeout', 3_000],
    ] as const)
      await client.call('SENTINEL', 'SET', GROUP, name, value);
  });
}

async function isComplete(client: Redis): Promise<boolean> {
  const fields = (await client.call('SENTINEL', 'MASTER', GROUP)) as string[];
  const field = (name: string) => fields[fields.indexOf(name) + 1];
  if (field('num-slaves') !== '1' || field('num-other-sentinels') !== String(SENTINELS - 1)) return false;
  const [replica = []] = (await client.call('SENTINEL', 'REPLICAS', GROUP)) as string[][];
  return replica[replica.indexOf('master-link-status') + 1] === 'ok';
}

async function isNamed(client: Redis, server: OwnRedis): Promise<boolean> {
  const [, port] = (await client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', GROUP)) as string[];
  return port === portOf(server);
}

async function every(servers: readonly OwnRedis[], isSo: (client: Redis) => Promise<boolean>): Promise<boolean> {
  const living = servers.filter(({ pid }) => pid !== null);
  return (await Promise.all(living.map((server) => asking(server, isSo)))).every(Boolean);
}

async function asking<T>(server: OwnRedis, ask: (client: Redis) => Promise<T>): Promise<T> {
  // A sentinel has no INFO that ioredis' ready check would understand.
  const client = new Redis(server.url, { maxRetriesPerRequest: 1, commandTimeout: 60_000, enableReadyCheck: false });
  client.on('error', () => undefined); // The command tells it.
  try {
    return await ask(client);
  } finally {
    client.disconnect();
  }
}

const portOf = ({ url }: OwnRedis): string => new URL(url).port;

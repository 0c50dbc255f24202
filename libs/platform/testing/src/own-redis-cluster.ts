import { freePort } from '@sluice/servers';
import Redis from 'ioredis';
import { startRedis, type OwnRedis } from './own-servers';
import { until } from './until';
import { withStopped } from './with-stopped';

const SLOTS = 16_384;
const NODES = 3;

export interface OwnRedisCluster {
  /** `redis-cluster://` with all nodes. */
  readonly url: string;
  /** Each with a third of the slots, in their order; a killed one has no replica, so its slots are gone until `restart`. */
  readonly nodes: readonly OwnRedis[];
  /** Until a node says that the cluster serves all slots, or no longer does. */
  waitForState(state: 'ok' | 'fail'): Promise<void>;
  stop(): Promise<void>;
}

/** Three masters on 127.0.0.1, which notice a dead one within seconds. `settings` are for each of them. */
export async function startRedisCluster(
  options: { settings?: Readonly<Record<string, string | number>> } = {},
): Promise<OwnRedisCluster> {
  return withStopped(async (keep) => {
    const nodes: OwnRedis[] = [];
    const busPorts: number[] = [];
    for (let index = 0; index < NODES; index += 1) {
      const busPort = await freePort();
      const settings = {
        'cluster-enabled': 'yes',
        'cluster-node-timeout': 2_000, // A busy machine may hold up a node for longer than half a second.
        'cluster-announce-ip': '127.0.0.1',
        'cluster-port': busPort, // The usual one, 10,000 higher, may be above 65,535.
        ...options.settings,
      };
      busPorts.push(busPort);
      nodes.push(keep(await startRedis({ settings })));
    }
    await Promise.all(nodes.map((node, index) => giveSlots(node, index)));
    await meet(nodes, busPorts);
    const states = (state: string) => async () => {
      const told = await Promise.all(nodes.map((node) => (node.pid === null ? null : clusterState(node))));
      return told.every((one) => one === null || one === state);
    };
    const waitForState = async (state: 'ok' | 'fail') =>
      void (await until(states(state), { what: `the cluster's state is ${state}`, failureIsNo: true }));
    await waitForState('ok');
    return {
      url: `redis-cluster://${nodes.map(({ url }) => new URL(url).host).join(',')}`,
      nodes,
      waitForState,
      stop: async () => void (await Promise.all(nodes.map((node) => node.stop()))),
    };
  });
}

async function giveSlots(node: OwnRedis, index: number): Promise<void> {
  const first = Math.ceil((index * SLOTS) / NODES);
  const end = Math.ceil(((index + 1) * SLOTS) / NODES);
  const slots = Array.from({ length: end - first }, (_, offset) => first + offset);
  await asking(node, (client) => client.cluster('ADDSLOTS', ...slots));
}

async function meet([first, ...others]: readonly OwnRedis[], [, ...busPorts]: readonly number[]): Promise<void> {
  for (const [index, other] of others.entries()) {
    const port = Number(new URL(other.url).port);
    await asking(first!, (client) => client.call('CLUSTER', 'MEET', '127.0.0.1', port, busPorts[index]!));
  }
}

async function clusterState(node: OwnRedis): Promise<string> {
  const info = await asking(node, (client) => client.cluster('INFO'));
  const assigned = /cluster_known_nodes:(\d+)/.exec(info)?.[1];
  return assigned === String(NODES) ? (/cluster_state:(\w+)/.exec(info)?.[1] ?? '') : 'joining';
}

async function asking<T>(node: OwnRedis, ask: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(node.url, { maxRetriesPerRequest: 1, commandTimeout: 60_000 });
  client.on('error', () => undefined); // The command tells it.
  try {
    return await ask(client);
  } finally {
    client.disconnect();
  }
}

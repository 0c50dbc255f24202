import { Cluster, Command, type Redis } from 'ioredis';

/** The positions of the keys by the server they live on: one group, or in a cluster one for each node that has any. */
export function nodeGroups(client: Redis | Cluster, keys: readonly string[]): number[][] {
  if (!(client instanceof Cluster)) return [[...keys.keys()]];
  const groups = new Map<string, number[]>();
  keys.forEach((key, at) => {
    const node = client.slots[new Command('get', [key]).getSlot() ?? 0]?.join(';') ?? '';
    const group = groups.get(node);
    if (group) group.push(at);
    else groups.set(node, [at]);
  });
  return [...groups.values()];
}

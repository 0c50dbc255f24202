import { Cluster, type Redis } from 'ioredis';
import { escapeGlob } from '../declare/cache-key';
import type { KeyPage } from './tier2';

/**
 * One page of the keys that begin with the prefix, by SCAN: a key may come twice, and one that is there all the while comes
 * at least once. In a cluster the nodes follow each other, and the cursor says which one it is.
 */
export async function scanKeys(
  client: Redis | Cluster,
  prefix: string,
  cursor: string,
  count: number,
): Promise<KeyPage> {
  const pattern = `${escapeGlob(prefix)}*`;
  if (!(client instanceof Cluster)) {
    const [next, keys] = await client.scan(cursor, 'MATCH', pattern, 'COUNT', count);
    return { cursor: next, keys };
  }
  const [index = '0', own = '0'] = cursor.split('-');
  const nodes = client.nodes('master').sort((a, b) => nodeName(a).localeCompare(nodeName(b)));
  const node = nodes[Number(index)];
  if (!node) return { cursor: '0', keys: [] };
  const [next, keys] = await node.scan(own, 'MATCH', pattern, 'COUNT', count);
  if (next !== '0') return { cursor: `${index}-${next}`, keys };
  const isLast = Number(index) + 1 >= nodes.length;
  return { cursor: isLast ? '0' : `${Number(index) + 1}-0`, keys };
}

const nodeName = ({ options }: Redis) => `${options.host}:${options.port}`;

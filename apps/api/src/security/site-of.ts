import { isIPv6 } from 'node:net';

const GROUPS = 8;
const OF_A_SITE = 4;

/** Whose an address is, for a limit: of IPv6 the first 64 bits, because one subscriber has all the rest of them. */
export function siteOf(address: string): string {
  const [, version4] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (version4 !== undefined) return version4;
  const [bare = ''] = address.split('%', 1);
  if (!isIPv6(bare)) return address;
  const [head = '', tail] = bare.toLowerCase().split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, GROUPS - front.length - back.length)).fill('0');
  const groups = [...front, ...zeros, ...back].slice(0, OF_A_SITE).map((group) => parseInt(group, 16).toString(16));
  return `${groups.join(':')}::/64`;
}

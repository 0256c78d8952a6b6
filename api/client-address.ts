import { BlockList, isIP } from 'node:net';

import type { Context, Middleware, Next } from 'koa';

/**
 * Makes `ctx.ip` the address of the real caller. `X-Forwarded-For` is believed as far as the proxies that we trust wrote it: read from its end,
 * it is the first address that is none of theirs. Whoever is no trusted proxy may write what they like there. `X-Forwarded-Proto` and `-Host` are
 * never read: cookies, HSTS and links follow PUBLIC_URL.
 */
export function clientAddress(trusted: readonly string[]): Middleware {
  const proxies = listOf(trusted);
  return (ctx: Context, next: Next) => {
    const hops = [...ctx.get('X-Forwarded-For').split(','), ctx.req.socket.remoteAddress ?? ''].map((hop) => hop.trim());
    ctx.request.ip = callerOf(hops, proxies);
    return next();
  };
}

/** The last hop is the connection itself. What is no address in a list is written by nobody we trust: then the proxy before it is all we know. */
function callerOf(hops: readonly string[], proxies: BlockList): string {
  let caller = hops.at(-1) ?? '';
  for (const hop of hops.toReversed()) {
    if (isIP(hop) === 0) return caller;
    caller = hop;
    if (!proxies.check(hop, isIP(hop) === 4 ? 'ipv4' : 'ipv6')) return caller;
  }
  return caller;
}

/** Whether an address is in one of the networks. */
export const isWithin = (address: string, networks: readonly string[]): boolean =>
  isIP(address) !== 0 && listOf(networks).check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');

/** Whose an address is: of IPv6 somebody has a whole /64 (RFC 6177), and may change in it as they like. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const groups = (part: string) => part.split(':').filter((group) => group !== '');
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array<string>(Math.max(0, missing)).fill('0'), ...groups(tail ?? '')];
  return `${all
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

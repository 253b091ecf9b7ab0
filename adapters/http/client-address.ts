import { BlockList, isIP } from 'node:net';
import type { HttpExchange } from './exchange.ts';

/** The proxies whose `X-Forwarded-For` is trusted, as IPv6 addresses; IPv4 addresses are mapped into IPv6. */
export type TrustedProxies = BlockList;

/** Eight groups of 16 bits. An IPv4 address follows `::ffff:`, as on a socket for both families. */
type Address = readonly number[];

const ALL_BITS = 128;
const BITS_BEFORE_IPV4 = 96;

export const NO_PROXIES: TrustedProxies = new BlockList();

/** @returns the proxies of a comma-separated list of addresses and networks; or what is wrong with it */
export function parseTrustedProxies(text: string): TrustedProxies | { readonly invalid: string } {
  if (text === '') return NO_PROXIES;
  const proxies = new BlockList();
  for (const part of text.split(',').map((entry) => entry.trim())) {
    const [, host = '', prefix] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(part) ?? [];
    const network = parseAddress(host);
    const bitsBefore = isIP(host) === 4 ? BITS_BEFORE_IPV4 : 0;
    const bits = prefix === undefined ? ALL_BITS : bitsBefore + Number(prefix);
    if (network === undefined || bits > ALL_BITS) return { invalid: part };
    proxies.addSubnet(textOf(network), bits, 'ipv6');
  }
  return proxies;
}

/** The address by which a requested stream is counted; empty if streams are not counted. */
export function streamAddress(exchange: HttpExchange, trusted: TrustedProxies | undefined): string {
  if (trusted === undefined) return '';
  return clientAddress(trusted, exchange.peerAddress(), () => exchange.headerLines('x-forwarded-for'));
}

/**
 * What a client's streams are counted by: an address of IPv4, or the network of 64 bits that a provider gives to one
 * customer of IPv6. A header that the client made up must not change it, so `X-Forwarded-For` is read from its end,
 * where a trusted proxy has written the address that it serves, up to the first that is not a trusted proxy.
 *
 * @param peer the other end of the connection
 * @param forwardedFor all lines of `X-Forwarded-For` in their order, joined by commas; called only if it is needed
 */
export function clientAddress(trusted: TrustedProxies, peer: string, forwardedFor: () => string): string {
  const nearest = parseAddress(peer);
  // The connection has closed already, and its stream will follow.
  if (nearest === undefined) return '';
  if (!isTrusted(trusted, nearest)) return countedAs(nearest);
  let client = nearest;
  for (const hop of forwardedFor().split(',').reverse()) {
    const address = parseAddress(withoutPort(hop.trim()));
    if (address === undefined) return countedAs(nearest);
    client = address;
    if (!isTrusted(trusted, client)) break;
  }
  return countedAs(client);
}

function isTrusted(trusted: TrustedProxies, address: Address): boolean {
  return trusted.check(textOf(address), 'ipv6');
}

/** `1.2.3.4:567` and `[2001:db8::1]:567`, as some proxies write them. */
function withoutPort(hop: string): string {
  const [, bracketed, dotted] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/.exec(hop) ?? [];
  return bracketed ?? dotted ?? hop;
}

function parseAddress(text: string): Address | undefined {
  const family = isIP(text);
  if (family === 0) return undefined;
  if (family === 4) return [0, 0, 0, 0, 0, 0xffff, ...groupsOfIpv4(text)];
  // The zone of a link-local address says by which of our interfaces it came.
  const [address = ''] = text.split('%', 1);
  const dotted = address.includes('.') ? address.slice(address.lastIndexOf(':') + 1) : '';
  const hex = dotted === '' ? address : address.slice(0, -dotted.length) + hexOf(groupsOfIpv4(dotted));
  const [before = [], after] = hex.split('::').map((part) => (part === '' ? [] : part.split(':').map(hexValue)));
  if (after === undefined) return before;
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function groupsOfIpv4(text: string): readonly number[] {
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
}

function hexValue(text: string): number {
  return parseInt(text, 16);
}

function hexOf(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}

function textOf(address: Address): string {
  return hexOf(address);
}

/** Made of numbers: a piece of the header's text would keep the whole header in memory for as long as it is counted. */
function countedAs(address: Address): string {
  const isIpv4 = address.slice(0, 5).every((group) => group === 0) && address[5] === 0xffff;
  if (!isIpv4) return `${hexOf(address.slice(0, 4))}::/64`;
  return address
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

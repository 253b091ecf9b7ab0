import { BlockList } from 'node:net';
/** The proxies whose `X-Forwarded-For` counts, as addresses of IPv6: IPv4 has its place among those. */
export type TrustedProxies = BlockList;
export declare const NO_PROXIES: TrustedProxies;
/** @returns the proxies of a list with commas, each an address or a network with its prefix; or what is wrong in it */
export declare function parseTrustedProxies(text: string): TrustedProxies | {
    readonly invalid: string;
};
/**
 * What a client's streams are counted by: an address of IPv4, or the network of 64 bits that a provider gives to one
 * customer of IPv6. A header of the client's own making must change nothing in it, so `X-Forwarded-For` is read from
 * its end, where a trusted proxy has written the address that it serves, up to the first that is no proxy of ours.
 *
 * @param peer the other end of the connection
 * @param forwardedFor all lines of `X-Forwarded-For` in their order, joined by commas; asked for only where it counts
 */
export declare function clientAddress(trusted: TrustedProxies, peer: string, forwardedFor: () => string): string;

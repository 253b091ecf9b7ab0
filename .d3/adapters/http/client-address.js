import { BlockList, isIP } from 'node:net';
const ALL_BITS = 128;
const BITS_BEFORE_IPV4 = 96;
export const NO_PROXIES = new BlockList();
/** @returns the proxies of a list with commas, each an address or a network with its prefix; or what is wrong in it */
export function parseTrustedProxies(text) {
    if (text === '')
        return NO_PROXIES;
    const proxies = new BlockList();
    for (const part of text.split(',').map((entry) => entry.trim())) {
        const [, host = '', prefix] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(part) ?? [];
        const network = parseAddress(host);
        const bitsBefore = isIP(host) === 4 ? BITS_BEFORE_IPV4 : 0;
        const bits = prefix === undefined ? ALL_BITS : bitsBefore + Number(prefix);
        if (network === undefined || bits > ALL_BITS)
            return { invalid: part };
        proxies.addSubnet(textOf(network), bits, 'ipv6');
    }
    return proxies;
}
/**
 * What a client's streams are counted by: an address of IPv4, or the network of 64 bits that a provider gives to one
 * customer of IPv6. A header of the client's own making must change nothing in it, so `X-Forwarded-For` is read from
 * its end, where a trusted proxy has written the address that it serves, up to the first that is no proxy of ours.
 *
 * @param peer the other end of the connection
 * @param forwardedFor all lines of `X-Forwarded-For` in their order, joined by commas; asked for only where it counts
 */
export function clientAddress(trusted, peer, forwardedFor) {
    const nearest = parseAddress(peer);
    // The connection is gone already, and its stream will be in a moment.
    if (nearest === undefined)
        return '';
    if (!isTrusted(trusted, nearest))
        return countedAs(nearest);
    let client = nearest;
    for (const hop of forwardedFor().split(',').reverse()) {
        const address = parseAddress(withoutPort(hop.trim()));
        if (address === undefined)
            return countedAs(nearest);
        client = address;
        if (!isTrusted(trusted, client))
            break;
    }
    return countedAs(client);
}
function isTrusted(trusted, address) {
    return trusted.check(textOf(address), 'ipv6');
}
/** `1.2.3.4:567` and `[2001:db8::1]:567`, as some proxies write them. */
function withoutPort(hop) {
    const [, bracketed, dotted] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/.exec(hop) ?? [];
    return bracketed ?? dotted ?? hop;
}
function parseAddress(text) {
    const family = isIP(text);
    if (family === 0)
        return undefined;
    if (family === 4)
        return [0, 0, 0, 0, 0, 0xffff, ...groupsOfIpv4(text)];
    // The zone of a link-local address says by which of our interfaces it came.
    const [address = ''] = text.split('%', 1);
    const dotted = address.includes('.') ? address.slice(address.lastIndexOf(':') + 1) : '';
    const hex = dotted === '' ? address : address.slice(0, -dotted.length) + hexOf(groupsOfIpv4(dotted));
    const [before = [], after] = hex.split('::').map((part) => (part === '' ? [] : part.split(':').map(hexValue)));
    if (after === undefined)
        return before;
    return [...before, ...Array(8 - before.length - after.length).fill(0), ...after];
}
function groupsOfIpv4(text) {
    const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
}
function hexValue(text) {
    return parseInt(text, 16);
}
function hexOf(groups) {
    return groups.map((group) => group.toString(16)).join(':');
}
function textOf(address) {
    return hexOf(address);
}
/** Made of numbers: a piece of the header's text would keep the whole header in memory for as long as it is counted. */
function countedAs(address) {
    const isIpv4 = address.slice(0, 5).every((group) => group === 0) && address[5] === 0xffff;
    if (!isIpv4)
        return `${hexOf(address.slice(0, 4))}::/64`;
    return address
        .slice(6)
        .flatMap((group) => [group >> 8, group & 0xff])
        .join('.');
}
//# sourceMappingURL=client-address.js.map
import { isIP } from 'node:net';
const DEFAULT_PORT = 4222;
const HOST_NAME = /^(?!-)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?$/;
/**
 * Reads `NATS_URL` in the forms that NATS users write: one or several comma-separated URLs, `nats://` or `tls://` or
 * no scheme, an optional `token@` or `user:pass@` (percent-encoded), a host name, IPv4 or bracketed IPv6, an optional
 * port. The client itself reads neither credentials nor the scheme out of a URL: it would connect in plain text to a
 * `tls://` one.
 *
 * An error names an entry by its place, never by its text: what cannot be parsed may be a password anywhere in it.
 */
export function parseNatsUrl(text) {
    const entries = text
        .split(',')
        .map((entry) => entry.trim())
        .filter((entry) => entry !== '');
    if (entries.length === 0)
        return { invalid: 'is empty' };
    const parsed = [];
    for (const [index, entry] of entries.entries()) {
        const result = parseEntry(entry);
        if ('invalid' in result)
            return { invalid: entries.length === 1 ? result.invalid : `${ordinal(index)}${result.invalid}` };
        parsed.push(result);
    }
    // The client presents one identity to every server, so a URL without credentials takes those of the others.
    const identities = parsed.flatMap(({ credentials }) => (credentials === undefined ? [] : [credentials]));
    const credentials = identities[0];
    if (identities.some((other) => JSON.stringify(other) !== JSON.stringify(credentials)))
        return { invalid: 'has URLs with differing credentials: one set has to serve all of them' };
    const tls = parsed.some((entry) => entry.tls);
    return {
        servers: [...new Set(parsed.map(({ server }) => server))],
        tls,
        credentials,
        redacted: parsed
            .map((entry) => `${entry.tls ? 'tls' : 'nats'}://${entry.credentials === undefined ? '' : '***@'}${entry.server}`)
            .join(','),
    };
}
function parseEntry(entry) {
    const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(entry)?.[1]?.toLowerCase();
    if (scheme !== undefined && scheme !== 'nats' && scheme !== 'tls')
        return { invalid: 'has a scheme that is neither nats:// nor tls://' };
    if (scheme === undefined && entry.includes('://'))
        return { invalid: 'has a scheme that is none' };
    const rest = entry.slice(scheme === undefined ? 0 : scheme.length + 3);
    // The last @ divides, so that a password with a bare @ in it does not become part of a host in an error or a look-up.
    const at = rest.lastIndexOf('@');
    const credentials = at < 0 ? undefined : parseCredentials(rest.slice(0, at));
    if (credentials !== undefined && 'invalid' in credentials)
        return credentials;
    const server = parseServer(rest.slice(at + 1).replace(/\/$/, ''));
    return typeof server === 'string' ? { server, tls: scheme === 'tls', credentials } : server;
}
function parseCredentials(text) {
    if (/[/?#\s]/.test(text))
        return { invalid: 'has credentials with /, ?, # or a blank in them: percent-encode these' };
    const colon = text.indexOf(':');
    const [first, second] = [decode(colon < 0 ? text : text.slice(0, colon)), decode(text.slice(colon + 1))];
    if (first === undefined || second === undefined)
        return { invalid: 'has credentials that are not percent-encoded UTF-8' };
    if (first === '')
        return { invalid: colon < 0 ? 'has an empty token before the @' : 'has an empty user name' };
    return colon < 0 ? { kind: 'token', token: first } : { kind: 'user', user: first, pass: second };
}
export function parseServer(text) {
    // Without brackets a port could not be told from the last group, so there is none.
    if (isIP(text) === 6)
        return `[${text}]:${DEFAULT_PORT}`;
    const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/s.exec(text);
    if (match === null)
        return { invalid: 'has a host that is none' };
    const [, ipv6, name = '', port = String(DEFAULT_PORT)] = match;
    if (ipv6 !== undefined && isIP(ipv6) !== 6)
        return { invalid: 'has brackets around what is no IPv6 address' };
    if (ipv6 === undefined && name === '')
        return { invalid: 'has no host' };
    if (ipv6 === undefined && !HOST_NAME.test(name))
        return { invalid: 'has a host that is none' };
    if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
        return { invalid: 'has a port that is not a number from 1 to 65535' };
    return `${ipv6 === undefined ? name : `[${ipv6}]`}:${Number(port)}`;
}
function decode(text) {
    try {
        return decodeURIComponent(text);
    }
    catch {
        return undefined;
    }
}
function ordinal(index) {
    return `(URL ${index + 1}) `;
}
//# sourceMappingURL=nats-url.js.map
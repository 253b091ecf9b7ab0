import { isIP } from 'node:net';

export interface HostPort {
  /** A name or a literal address, an IPv6 one without brackets. */
  readonly host: string;
  readonly port: number;
}

const HOST_NAME = /^(?!-)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?$/;

/**
 * Reads a host and a port of a URL: a host name, an IPv4 address or an IPv6 address in brackets, and an optional port.
 * Errors are words for the operator and quote no part of the text: it may be part of a password.
 */
export function parseHostPort(text: string, defaultPort: number): HostPort | { readonly invalid: string } {
  // Without brackets a port would look like the last group, so there can be none.
  if (isIP(text) === 6) return { host: text, port: defaultPort };
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/s.exec(text);
  if (match === null) return { invalid: 'has an invalid host: expected a name, an IPv4 address or [IPv6]' };
  const [, ipv6, name = '', port = String(defaultPort)] = match;
  if (ipv6 !== undefined && isIP(ipv6) !== 6)
    return { invalid: 'has brackets around something that is not an IPv6 address' };
  if (ipv6 === undefined && name === '') return { invalid: 'has no host' };
  if (ipv6 === undefined && !HOST_NAME.test(name))
    return { invalid: 'has an invalid host: expected a name, an IPv4 address or [IPv6]' };
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    return { invalid: 'has a port that is not a number from 1 to 65535' };
  return { host: ipv6 ?? name, port: Number(port) };
}

/** `host:port`, an IPv6 host in brackets. */
export function formatHostPort({ host, port }: HostPort): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Decodes a part of a URL; undefined if it is not percent-encoded UTF-8. */
export function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

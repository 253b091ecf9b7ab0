import { isIP } from 'node:net';

export interface HostPort {
  /** A name or a literal address, an IPv6 one without brackets. */
  readonly host: string;
  readonly port: number;
}

const HOST_NAME = /^(?!-)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?$/;

/**
 * Reads a host and a port of a URL: a host name, an IPv4 address or an IPv6 address in brackets, and an optional port.
 * What is wrong is said in words for the operator, without a piece of the text: it may be a part of a password.
 */
export function parseHostPort(text: string, defaultPort: number): HostPort | { readonly invalid: string } {
  // Without brackets a port could not be told from the last group, so there is none.
  if (isIP(text) === 6) return { host: text, port: defaultPort };
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/s.exec(text);
  if (match === null) return { invalid: 'has a host that is none' };
  const [, ipv6, name = '', port = String(defaultPort)] = match;
  if (ipv6 !== undefined && isIP(ipv6) !== 6) return { invalid: 'has brackets around what is no IPv6 address' };
  if (ipv6 === undefined && name === '') return { invalid: 'has no host' };
  if (ipv6 === undefined && !HOST_NAME.test(name)) return { invalid: 'has a host that is none' };
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    return { invalid: 'has a port that is not a number from 1 to 65535' };
  return { host: ipv6 ?? name, port: Number(port) };
}

/** `host:port`, an IPv6 host in brackets. */
export function formatHostPort({ host, port }: HostPort): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** What stands percent-encoded in a URL; undefined where it is no percent-encoded UTF-8. */
export function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

import { isIP } from 'node:net';

/** The address of a URL, in the form that a socket takes. */
export interface Endpoint {
  /** An IPv6 address has no brackets. */
  readonly host: string;
  readonly port: number;
  /** For TLS, which does not accept an address as a name. */
  readonly servername?: string;
}

export function endpointOf({ protocol, hostname, port }: URL): Endpoint {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const endpoint = { host, port: Number(port || (protocol === 'https:' ? 443 : 80)) };
  return isIP(host) === 0 ? { ...endpoint, servername: host } : endpoint;
}

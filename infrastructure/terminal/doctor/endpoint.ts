import { isIP } from 'node:net';

/** Where a URL leads, as a socket takes it. */
export interface Endpoint {
  /** An IPv6 address is without brackets. */
  readonly host: string;
  readonly port: number;
  /** For TLS, which takes no address for a name. */
  readonly servername?: string;
}

export function endpointOf({ protocol, hostname, port }: URL): Endpoint {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const endpoint = { host, port: Number(port || (protocol === 'https:' ? 443 : 80)) };
  return isIP(host) === 0 ? { ...endpoint, servername: host } : endpoint;
}

import { createServer, type Server } from 'node:net';
import type { ListenAddress } from './listen-address.ts';

/**
 * Makes sure that nobody holds the addresses, before several sockets share them: two services that both share a port
 * would each get a part of the other's clients, silently. Port 0 becomes the port that was free.
 *
 * @throws Error that names the address and the reason
 */
export async function findFree(addresses: readonly ListenAddress[]): Promise<ListenAddress[]> {
  const servers: Server[] = [];
  try {
    const free: ListenAddress[] = [];
    for (const { host, port } of addresses) {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', (error: NodeJS.ErrnoException) =>
          reject(new Error(`cannot listen on ${host}:${port}: ${error.code ?? error.message}`)),
        );
        server.listen({ port, exclusive: true, ...(host === '' ? {} : { host }) }, resolve);
      });
      servers.push(server);
      const bound = server.address();
      free.push({ host, port: typeof bound === 'object' && bound !== null ? bound.port : port });
    }
    return free;
  } finally {
    // All are held until the last one is bound, so that no port 0 becomes the same port twice.
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

/** As the configuration writes it. */
export function formatAddresses(addresses: readonly ListenAddress[]): string {
  return addresses.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
}

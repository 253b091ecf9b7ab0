import { createServer, type Server } from 'node:net';
import type { ListenAddress } from './listen-address.ts';

/**
 * Addresses that no other process holds or can take until they are released. A service that shares a port reserves it
 * first: two services that both share it would each get a part of the other's clients, silently.
 */
export class PortReservation {
  /** The requested addresses; port 0 is replaced by a free port. */
  readonly addresses: readonly ListenAddress[];
  readonly #servers: readonly Server[];

  private constructor(addresses: readonly ListenAddress[], servers: readonly Server[]) {
    this.addresses = addresses;
    this.#servers = servers;
  }

  /** @throws Error that names the address and the reason */
  static async make(wanted: readonly ListenAddress[]): Promise<PortReservation> {
    const [addresses, servers]: [ListenAddress[], Server[]] = [[], []];
    const reservation = new PortReservation(addresses, servers);
    try {
      for (const address of wanted) {
        const server = await hold(address);
        servers.push(server);
        const bound = server.address();
        addresses.push({ ...address, port: typeof bound === 'object' && bound !== null ? bound.port : address.port });
      }
    } catch (error) {
      reservation.release();
      throw error;
    }
    return reservation;
  }

  /** The addresses are free when this returns: bind in this turn, before other code in this process can. */
  release(): void {
    for (const server of this.#servers) server.close();
  }
}

function hold(address: ListenAddress): Promise<Server> {
  const { host, port } = address;
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(address, error)));
    server.listen({ port, exclusive: true, ...(host === '' ? {} : { host }) }, () => resolve(server));
  });
}

/**
 * Makes sure that the addresses are free. Port 0 is replaced by a free port.
 *
 * @throws Error that names the address and the reason
 */
export async function findFree(addresses: readonly ListenAddress[]): Promise<ListenAddress[]> {
  const reservation = await PortReservation.make(addresses);
  reservation.release();
  return [...reservation.addresses];
}

export function cannotListen(address: ListenAddress, reason: NodeJS.ErrnoException | string): Error {
  const why = typeof reason === 'string' ? reason : (reason.code ?? reason.message);
  return new Error(`cannot listen on ${formatAddresses([address])}: ${why}`);
}

/** As the configuration writes it. */
export function formatAddresses(addresses: readonly ListenAddress[]): string {
  return addresses.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
}

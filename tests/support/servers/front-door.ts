import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/**
 * Stands in front of instances, as in production: one address, behind which they start and stop. While there is
 * none, new connections wait, as with load balancers that queue.
 */
export class FrontDoor {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #waiting = new Set<Socket>();
  #target: number | undefined;
  /** How many connections have arrived. */
  connections = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (client) => {
      this.connections++;
      client.on('error', () => client.destroy());
      if (this.#target === undefined) this.#waiting.add(client);
      else this.#forward(client, this.#target);
    });
  }

  static async open(): Promise<FrontDoor> {
    // Both halves are closed by hand: a client that has finished sending may still read.
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FrontDoor(server);
  }

  /** With the final slash that SDKs need. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** New connections go to this port from now on; undefined: they wait. */
  leadTo(port: number | undefined): void {
    this.#target = port;
    if (port === undefined) return;
    for (const client of this.#waiting) this.#forward(client, port);
    this.#waiting.clear();
  }

  /** Cuts all connections, as when an instance is killed. */
  cut(): void {
    for (const [client, service] of this.#pairs) {
      client.resetAndDestroy();
      service.destroy();
    }
  }

  async close(): Promise<void> {
    for (const client of this.#waiting) client.destroy();
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #forward(client: Socket, port: number): void {
    const service = connect({ port, host: '127.0.0.1', noDelay: true });
    const pair = [client, service] as const;
    this.#pairs.add(pair);
    client.setNoDelay(true);
    client.pipe(service);
    service.pipe(client);
    client.on('close', () => {
      service.destroy();
      this.#pairs.delete(pair);
    });
    service.on('error', () => client.resetAndDestroy());
    // Its last data may still be in transit, so the other half must not be destroyed here.
    service.on('close', () => client.end());
  }
}

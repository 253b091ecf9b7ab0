import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/**
 * A path to a port with TLS for clients without it: what they send is encrypted, what they receive is decrypted, and
 * each end of a connection is passed on as it is. So a test sends the same bytes to every transport.
 */
export class TlsTunnel {
  readonly #server: Server;
  readonly #targetPort: number;

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.#targetPort = targetPort;
    server.on('connection', (client) => this.#forward(client));
  }

  static async open(targetPort: number): Promise<TlsTunnel> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TlsTunnel(server, targetPort);
  }

  /**
   * To the first of `TLS_LISTEN_ADDR`; undefined if there is none.
   *
   * @param ports those of the service, in the order of its configuration
   */
  static async openFor(
    environment: Readonly<Record<string, string>>,
    ports: readonly number[],
  ): Promise<TlsTunnel | undefined> {
    const { LISTEN_ADDR = ':0', INTERNAL_LISTEN_ADDR = '', TLS_LISTEN_ADDR = '' } = environment;
    if (TLS_LISTEN_ADDR === '') return undefined;
    const before = [LISTEN_ADDR, INTERNAL_LISTEN_ADDR].flatMap((addresses) => addresses.split(',').filter(Boolean));
    return TlsTunnel.open(ports[before.length] ?? 0);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Stops accepting connections. Open ones continue until either end closes them. */
  close(): void {
    this.#server.close();
  }

  #forward(client: Socket): void {
    // From the client's own address, which the service has to see.
    const from = { localAddress: client.remoteAddress ?? '127.0.0.1' };
    const raw = connect({ port: this.#targetPort, host: '127.0.0.1', noDelay: true, allowHalfOpen: true, ...from });
    const secure = connectTls({ socket: raw, rejectUnauthorized: false });
    client.pipe(secure);
    secure.pipe(client);
    client.on('error', () => raw.resetAndDestroy());
    client.on('close', () => secure.end());
    // The last data of the service may still be in transit, even if a reset followed.
    for (const socket of [raw, secure]) socket.on('error', () => client.destroySoon());
    raw.on('close', () => client.destroySoon());
  }
}

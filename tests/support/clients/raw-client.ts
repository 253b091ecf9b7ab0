import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { eventually } from '../eventually.ts';

/** A TCP client that sends what it is given, byte for byte, and keeps what it receives. */
export class RawClient {
  readonly #socket: Socket;
  /** The same, or what is below its TLS. */
  readonly #connection: Socket;
  #received: Buffer[] = [];
  #bytes = 0;
  #chunks = 0;
  /** How the connection ended: by a FIN, by a reset, or not yet. */
  ending: 'open' | 'ended' | 'reset' = 'open';

  private constructor(socket: Socket, connection: Socket, keeps = Infinity) {
    this.#socket = socket;
    this.#connection = connection;
    socket.on('data', (chunk) => {
      if (this.#bytes < keeps) {
        this.#received.push(chunk);
        this.#bytes += chunk.length;
      }
      this.#chunks++;
    });
    socket.on('end', () => {
      if (this.ending === 'open') this.ending = 'ended';
    });
    socket.on('close', () => {
      if (this.ending === 'open') this.ending = 'ended';
    });
    socket.on('error', () => (this.ending = 'reset'));
  }

  /**
   * @param options `keeps`: bytes after which no more is kept of what is received; `from`: our own address; `tls`: with
   * TLS, whatever the certificate
   */
  static async connect(
    port: number,
    host = '127.0.0.1',
    options: { readonly keeps?: number; readonly from?: string; readonly tls?: ConnectionOptions } = {},
  ): Promise<RawClient> {
    const from = options.from === undefined ? {} : { localAddress: options.from };
    const socket = connect({ port, host, noDelay: true, ...from });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    if (options.tls === undefined) return new RawClient(socket, socket, options.keeps);
    const secure = connectTls({ socket, rejectUnauthorized: false, ...options.tls });
    await new Promise<void>((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject));
    return new RawClient(secure, socket, options.keeps);
  }

  get text(): string {
    this.#received = [Buffer.concat(this.#received)];
    return this.#received[0]?.toString('latin1') ?? '';
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How many reads brought what was received. */
  get reads(): number {
    return this.#chunks;
  }

  send(data: string | Buffer): void {
    this.#socket.write(data);
  }

  /** Sends data and resolves when the kernel has it. */
  sent(data: string | Buffer): Promise<void> {
    return new Promise((resolve) => void this.#socket.write(data, () => resolve()));
  }

  stopReading(): void {
    this.#socket.pause();
  }

  readOn(): void {
    this.#socket.resume();
  }

  async received(text: string, ceilingMs?: number): Promise<void> {
    await eventually(`"${text}" in "${this.text.slice(-500)}"`, () => this.text.includes(text), ceilingMs);
  }

  async closed(ceilingMs?: number): Promise<void> {
    await eventually('the connection to close', () => this.ending !== 'open', ceilingMs);
  }

  /** Half-closes: no more is sent. */
  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Disconnects with a reset. */
  reset(): void {
    this.#connection.resetAndDestroy();
  }
}

import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

/** A publisher that writes the protocol by hand, so that it can send what a client library would refuse to send. */
export class RawNatsClient {
  readonly #socket: Socket;
  #received = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => (this.#received += text));
  }

  static async connect(port: number): Promise<RawNatsClient> {
    const client = new RawNatsClient(createConnection(port, '127.0.0.1'));
    await once(client.#socket, 'data');
    client.#socket.write('CONNECT {"verbose":false,"headers":true}\r\n');
    await client.#flushed();
    return client;
  }

  /** Publishes, and returns when the server has accepted it. */
  async publish(subject: string, message: string | Uint8Array, headers = ''): Promise<void> {
    const [head, body] = [Buffer.from(headers, 'latin1'), Buffer.from(message)];
    const sizes = head.length === 0 ? `PUB ${subject}` : `HPUB ${subject} ${head.length}`;
    this.#socket.write(`${sizes} ${head.length + body.length}\r\n`);
    this.#socket.write(Buffer.concat([head, body, Buffer.from('\r\n')]));
    await this.#flushed();
  }

  close(): Promise<void> {
    this.#socket.destroy();
    return Promise.resolve();
  }

  /** The server handles lines in order, so its answer to a ping confirms everything before it. */
  async #flushed(): Promise<void> {
    this.#received = '';
    this.#socket.write('PING\r\n');
    while (!this.#received.includes('PONG')) await once(this.#socket, 'data');
    if (this.#received.includes('-ERR')) throw new Error(this.#received);
  }
}

import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.ts';

/** Sees one protocol line of NATS, such as `MSG subject 1 27` or `PING`. */
type Sight = (line: string) => void;

/**
 * A network of the test's own between a client and nats-server. It reads the protocol as it goes by, so it can drop
 * one message without hurting the rest of the stream.
 */
export class TcpProxy {
  readonly port: number;
  readonly #targetPort: number;
  #server: Server;
  readonly #pairs = new Set<Pair>();
  #blackHoled = false;
  #sight: Sight = () => {};
  #dropping: ((line: string) => boolean) | undefined;
  /** What clients said: the first word of each line, and how often. */
  readonly said = new Map<string, number>();

  private constructor(server: Server, port: number, targetPort: number) {
    this.#server = server;
    this.port = port;
    this.#targetPort = targetPort;
    server.on('connection', (socket) => this.#connected(socket));
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    // It is left and taken again, and meanwhile clients dial it.
    const port = await freePort();
    return new TcpProxy(await listen(port), port, targetPort);
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** Cuts every connection; new ones are taken. */
  cut(): void {
    for (const pair of this.#pairs) pair.cut();
  }

  /** Cuts every connection, and refuses new ones until `heal`. */
  async refuse(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await closed;
  }

  /** Nothing goes through any more, in either direction, and nobody is told. New connections are taken, in silence. */
  blackHole(): void {
    this.#blackHoled = true;
    for (const pair of this.#pairs) pair.pause();
  }

  /** Ends `refuse` and `blackHole`; what the black hole held goes on its way. */
  async heal(): Promise<void> {
    if (!this.#server.listening) {
      this.#server = await listen(this.port);
      this.#server.on('connection', (socket) => this.#connected(socket));
    }
    this.#blackHoled = false;
    for (const pair of this.#pairs) pair.resume();
  }

  /** Drops the next message from the server whose protocol line matches; resolves when that has happened. */
  dropNext(matches: (line: string) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#dropping = (line) => {
        if (!matches(line)) return false;
        this.#dropping = undefined;
        resolve();
        return true;
      };
    });
  }

  /** Calls back with every protocol line that clients send from now on. */
  watch(sight: Sight): void {
    this.#sight = sight;
  }

  async close(): Promise<void> {
    this.cut();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #connected(client: Socket): void {
    const pair = new Pair(client, this.#targetPort, {
      fromClient: (line) => {
        const verb = line.split(' ', 1)[0]?.toUpperCase() ?? '';
        this.said.set(verb, (this.said.get(verb) ?? 0) + 1);
        this.#sight(line);
        return false;
      },
      fromServer: (line) => this.#dropping?.(line) ?? false,
    });
    this.#pairs.add(pair);
    void pair.ended.then(() => this.#pairs.delete(pair));
    if (this.#blackHoled) pair.pause();
  }
}

interface Sights {
  /** Each returns whether the message is to be dropped. */
  readonly fromClient: (line: string) => boolean;
  readonly fromServer: (line: string) => boolean;
}

/** One connection, and its other half to the server. */
class Pair {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly ended: Promise<void>;

  constructor(client: Socket, targetPort: number, sights: Sights) {
    this.#client = client;
    this.#server = createConnection(targetPort, '127.0.0.1');
    this.ended = new Promise((resolve) => {
      for (const socket of [this.#client, this.#server]) {
        socket.on('error', () => this.cut());
        socket.on('close', () => {
          this.cut();
          resolve();
        });
      }
    });
    const [toServer, toClient] = [new Frames(sights.fromClient), new Frames(sights.fromServer)];
    client.on('data', (data) => this.#server.write(toServer.filter(data)));
    this.#server.on('data', (data) => this.#client.write(toClient.filter(data)));
  }

  cut(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  pause(): void {
    this.#client.pause();
    this.#server.pause();
  }

  resume(): void {
    this.#client.resume();
    this.#server.resume();
  }
}

/** Takes the protocol apart into lines with their payload. */
class Frames {
  readonly #drops: (line: string) => boolean;
  #rest: Buffer = Buffer.alloc(0);

  constructor(drops: (line: string) => boolean) {
    this.#drops = drops;
  }

  /** What of the data, and of what was held back before, goes on its way. */
  filter(data: Buffer): Buffer {
    let buffer = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    const passed: Buffer[] = [];
    for (;;) {
      const end = buffer.indexOf('\r\n');
      if (end < 0) break;
      const line = buffer.toString('latin1', 0, end);
      const payload = /^H?(?:MSG|PUB) .*?(\d+)$/i.exec(line)?.[1];
      const length = end + 2 + (payload === undefined ? 0 : Number(payload) + 2);
      if (buffer.length < length) break;
      if (!this.#drops(line)) passed.push(buffer.subarray(0, length));
      buffer = buffer.subarray(length);
    }
    this.#rest = Buffer.from(buffer);
    return Buffer.concat(passed);
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

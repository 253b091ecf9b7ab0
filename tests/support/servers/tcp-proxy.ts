import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.ts';
import { NATS } from './nats-frames.ts';
import type { Frames, Protocol } from './protocol.ts';

/** Sees one message of the protocol as a line, such as `MSG subject 1 27` or `PING`. */
type Sight = (line: string) => void;

/**
 * A network between a client and a server that the test controls. It reads the protocol as it passes, so it can drop one
 * message without hurting the rest of the stream.
 */
export class TcpProxy {
  readonly port: number;
  readonly #targetPort: number;
  readonly #protocol: Protocol;
  #server: Server;
  readonly #pairs = new Set<Pair>();
  #blackHoled = false;
  #sight: Sight = () => {};
  #dropping: ((line: string) => boolean) | undefined;
  /** What clients sent: the first word of each line, and how often. */
  readonly said = new Map<string, number>();

  private constructor(server: Server, targetPort: number, protocol: Protocol) {
    this.#server = server;
    this.port = (server.address() as { port: number }).port;
    this.#targetPort = targetPort;
    this.#protocol = protocol;
    server.on('connection', (socket) => this.#connected(socket));
  }

  static async start(targetPort: number, protocol: Protocol = NATS): Promise<TcpProxy> {
    // It is released and taken again, and meanwhile clients dial it.
    const port = await freePort();
    return new TcpProxy(await listen(port), targetPort, protocol);
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** Cuts every connection; new ones are accepted. */
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

  /** Nothing passes in either direction, and no side is notified. New connections are accepted silently. */
  blackHole(): void {
    this.#blackHoled = true;
    for (const pair of this.#pairs) pair.pause();
  }

  /** Ends `refuse` and `blackHole`; what the black hole held is passed on. */
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
    const toServer = this.#protocol.fromClient((line) => {
      const verb = line.split(' ', 1)[0]?.toUpperCase() ?? '';
      this.said.set(verb, (this.said.get(verb) ?? 0) + 1);
      this.#sight(line);
      return false;
    });
    const toClient = this.#protocol.fromServer((line) => this.#dropping?.(line) ?? false);
    const pair = new Pair(client, this.#targetPort, toServer, toClient);
    this.#pairs.add(pair);
    void pair.ended.then(() => this.#pairs.delete(pair));
    if (this.#blackHoled) pair.pause();
  }
}

/** One connection, and its other half to the server. */
class Pair {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly ended: Promise<void>;

  constructor(client: Socket, targetPort: number, toServer: Frames, toClient: Frames) {
    this.#client = client;
    this.#server = createConnection(targetPort, '127.0.0.1');
    this.ended = new Promise((resolve) => {
      for (const socket of [this.#client, this.#server]) {
        // Otherwise a small message waits for the acknowledgement of the one before it.
        socket.setNoDelay(true);
        socket.on('error', () => this.cut());
        socket.on('close', () => {
          this.cut();
          resolve();
        });
      }
    });
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

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

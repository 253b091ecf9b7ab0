import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The size of fifty flags. */
const BODY_BYTES = 15_000;

/**
 * A stand-in for a Flagsmith API that answers this many requests per second, one after the other. A request whose client
 * has disconnected still takes its time, as in a server with a queue of requests in front of it.
 */
export class SlowFlagsApi {
  readonly #server: Server;
  readonly #answerMs: number;
  #freeAtMs = 0;
  /** The version in the flags. An answer has the version of its moment. */
  version = 1;
  requests = 0;

  private constructor(server: Server, perSecond: number) {
    this.#server = server;
    this.#answerMs = 1000 / perSecond;
    server.on('request', (_, response) => {
      this.requests++;
      const nowMs = performance.now();
      this.#freeAtMs = Math.max(nowMs, this.#freeAtMs) + this.#answerMs;
      setTimeout(() => {
        response.setHeader('Content-Type', 'application/json');
        response.end(JSON.stringify({ version: this.version, filler: 'x'.repeat(BODY_BYTES) }));
      }, this.#freeAtMs - nowMs);
    });
  }

  static async start(perSecond: number): Promise<SlowFlagsApi> {
    const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 16_384 });
    await once(server, 'listening');
    return new SlowFlagsApi(server, perSecond);
  }

  /** In the form that SDKs take, with a final slash. */
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/v1/`;
  }

  get url(): string {
    return `${this.baseUrl}flags/`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answering = (request: IncomingMessage, response: ServerResponse) => void;

/** A Flagsmith API that answers as and when the test says. */
export class StubApi {
  readonly #server: Server;
  /** The path with the query of each request, in the order of their arrival. */
  readonly asked: string[] = [];
  /** How the next requests are answered. */
  answer: Answering;

  private constructor(server: Server, answer: Answering) {
    this.#server = server;
    this.answer = answer;
    server.on('request', (request, response) => {
      this.asked.push(request.url ?? '');
      this.answer(request, response);
    });
  }

  static async start(answer: Answering = numbered()): Promise<StubApi> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new StubApi(server, answer);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/v1/`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Answers a list that holds the number of the request, the first being 1. */
export function numbered(): Answering {
  let number = 0;
  return (_request, response) => sendJson(response, `[${++number}]`);
}

export function sendJson(response: ServerResponse, body: string | Buffer, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Http1Exchange } from './http1-exchange.ts';
import { MAX_HEADER_BYTES } from '../header-limit.ts';
import { REQUEST_MS } from './limits.ts';
import type { Routes } from '../routes.ts';

/** How often stalled requests are looked for, and so how late they may be ended. */
const CHECK_MS = 1000;

/** HTTP/1.1 on node:http, over connections accepted elsewhere. It answers by itself what its parser rejects. */
export class NodeHttp1Server {
  readonly #server: Server;
  /** The newest request of each connection. */
  readonly #exchanges = new WeakMap<Duplex, Http1Exchange>();
  #draining = false;

  constructor(routes: Routes) {
    this.#server = createServer(
      {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: REQUEST_MS,
        requestTimeout: REQUEST_MS,
        keepAliveTimeout: REQUEST_MS,
        connectionsCheckingInterval: CHECK_MS,
      },
      (request, response) => this.#handle(routes, request, response),
    );
    // Beyond a number of headers Node leaves out the last ones, which are those that a proxy has added. All of them
    // together are not longer than MAX_HEADER_BYTES.
    this.#server.maxHeadersCount = 0;
    // Node looks for stalled requests from this event on, which only a server that listens itself would emit.
    this.#server.emit('listening');
  }

  serve(socket: Duplex): void {
    this.#server.emit('connection', socket);
  }

  /** Connections end with the response that they are carrying; those that carry none end now. */
  drain(): void {
    this.#draining = true;
    this.#server.closeIdleConnections();
  }

  close(): void {
    this.#server.close();
  }

  #handle(routes: Routes, request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    // Node parses a segment to its end, also when the connection was cut at a request in its middle.
    if (socket.destroyed) return;
    // Node takes any number of requests behind a stream. Each would occupy a subscriber's place on a connection that
    // counts once, so the connection is cut, as uWebSockets.js does.
    if (this.#exchanges.get(socket)?.isOpenEnded) return void socket.destroy();
    // A stream needs chunks, which 1.0 does not have: without them some clients delay events.
    if (request.httpVersion === '1.0') return void response.writeHead(505, { Connection: 'close' }).end();
    if (this.#draining) response.shouldKeepAlive = false;
    response.once('finish', () => {
      if (this.#draining) socket.end();
    });
    const exchange = new Http1Exchange(request, response);
    this.#exchanges.set(socket, exchange);
    routes.handle(exchange);
  }
}

import { createServer, type Http2Server } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Logger } from '../../../application/ports/logger.ts';
import { NativeSessions } from './native-sessions.ts';
import { Http2Connection } from './http2-connection.ts';
import { Http2Exchange } from './http2-exchange.ts';
import { MAX_HEADER_BYTES } from '../header-limit.ts';
import { MAX_CONCURRENT_STREAMS } from './limits.ts';
import type { Routes } from '../routes.ts';

/**
 * HTTP/2 on node:http2, over connections accepted elsewhere, with or without TLS. Beside the limits that are set here,
 * nghttp2's own hold: unread acknowledgements of pings and settings, resets a second, continuation frames.
 */
export class NodeHttp2Server {
  readonly #server: Http2Server;
  readonly #connections = new Set<Http2Connection>();

  constructor(routes: Routes, logger: Logger) {
    const natives = new NativeSessions(logger);
    this.#server = createServer({
      settings: {
        maxConcurrentStreams: MAX_CONCURRENT_STREAMS,
        maxHeaderListSize: MAX_HEADER_BYTES,
        enablePush: false,
      },
    });
    this.#server.on('session', (session) => {
      natives.hold(session);
      const connection = new Http2Connection(session);
      this.#connections.add(connection);
      session.once('close', () => this.#connections.delete(connection));
      session.on('stream', (stream, headers) => {
        // On every stream: one that was reset with an error emits it even if no handler takes the request.
        stream.on('error', ignore);
        // Already reset by its client: answering would throw.
        if (stream.destroyed || stream.closed) return;
        connection.opened(stream);
        routes.handle(new Http2Exchange(stream, headers));
      });
    });
  }

  serve(socket: Duplex): void {
    this.#server.emit('connection', socket);
  }

  drain(): void {
    for (const connection of this.#connections) connection.drain();
  }
}

/** The stream's close event is enough. */
function ignore(): void {
  // Left empty on purpose.
}

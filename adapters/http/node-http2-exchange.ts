import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Frame } from '../../domain/subscriber-socket.ts';
import type { Answer, Headers } from './answer.ts';
import { readNodeBody } from './node-body.ts';
import type { HttpExchange, StreamSocket } from './exchange.ts';
import { REQUEST_MS } from './node-limits.ts';
import { NodeStreamSocket } from './node-stream-socket.ts';

/** One request on an HTTP/2 stream. */
export class Http2Exchange implements HttpExchange {
  readonly method: string;
  readonly path: string;
  readonly #stream: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;
  #state: 'open' | 'answered' | 'gone' = 'open';
  #gone: (() => void) | undefined;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    this.method = headers[':method'] ?? '';
    this.path = (headers[':path'] ?? '').split('?', 1)[0] ?? '';
    this.#stream = stream;
    this.#headers = headers;
    stream.on('error', ignore);
    stream.once('close', () => {
      if (this.#state === 'open') this.#state = 'gone';
      this.#gone?.();
    });
  }

  get isGone(): boolean {
    return this.#state === 'gone';
  }

  header(name: string): string {
    const value = this.#headers[name];
    return Array.isArray(value) ? value.join(', ') : (value ?? '');
  }

  headerLines(name: string): string {
    return this.header(name);
  }

  peerAddress(): string {
    const { session } = this.#stream;
    return session === undefined || session.destroyed ? '' : (session.socket.remoteAddress ?? '');
  }

  /** The protocol allows one at most, and resets a stream whose body is not as long as it says. */
  contentLengths(): number {
    return this.#headers['content-length'] === undefined ? 0 : 1;
  }

  readBody(limitBytes: number, take: (body: string | 'too_large') => void): void {
    const stalled = setTimeout(() => this.#stream.close(constants.NGHTTP2_CANCEL), REQUEST_MS);
    this.#stream.once('close', () => clearTimeout(stalled));
    readNodeBody(this.#stream, limitBytes, (body) => {
      clearTimeout(stalled);
      take(body);
    });
  }

  answer({ status, headers, body }: Answer): void {
    // A reset is known a turn before its `close` is told.
    if (this.#state !== 'open' || this.#stream.closed) return;
    this.#state = 'answered';
    const length = Buffer.byteLength(body);
    const sent = { ...named(headers), ...(status === 204 ? {} : { 'content-length': length }), ':status': status };
    const hasBody = this.method !== 'HEAD' && length > 0;
    this.#stream.respond(sent, { endStream: !hasBody });
    if (hasBody) this.#stream.end(body);
    this.#refuseTheRest();
  }

  onGone(callback: () => void): void {
    this.#gone = callback;
  }

  beginStream(headers: Headers, greeting: Frame): StreamSocket {
    const stream = this.#stream;
    stream.respond({ ...named(headers), ':status': 200 });
    // A request that goes on is not read, but its bytes must not use up the connection's window.
    if (!stream.endAfterHeaders) stream.resume();
    const socket = new NodeStreamSocket(stream, {
      properly: () => {
        stream.end();
        this.#refuseTheRest();
      },
      // This stream alone: the others on its connection may be well.
      cut: () => stream.close(constants.NGHTTP2_CANCEL),
    });
    this.#state = 'answered';
    this.#gone = () => socket.gone();
    socket.write(greeting);
    return socket;
  }

  /** A client that is still sending is told, after the whole answer, that nobody reads it. */
  #refuseTheRest(): void {
    const { endAfterHeaders, readableEnded } = this.#stream;
    if (endAfterHeaders || readableEnded) return;
    this.#stream.resume();
    this.#stream.close(constants.NGHTTP2_NO_ERROR);
  }
}

function named(headers: Headers): Record<string, string> {
  return Object.fromEntries(headers);
}

/** The stream's close says what there is to say. */
function ignore(): void {
  // Left empty on purpose.
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Frame } from '../../domain/subscriber-socket.ts';
import { type Answer, type Headers, REASON_PHRASES } from './answer.ts';
import type { HttpExchange, StreamSocket } from './exchange.ts';
import { readNodeBody } from './node-body.ts';
import { NodeStreamSocket } from './node-stream-socket.ts';

/** One HTTP/1.1 request on node:http. */
export class Http1Exchange implements HttpExchange {
  readonly method: string;
  readonly path: string;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #state: 'open' | 'answered' | 'gone' = 'open';
  #gone: (() => void) | undefined;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.method = request.method ?? '';
    this.path = (request.url ?? '').split('?', 1)[0] ?? '';
    this.#request = request;
    this.#response = response;
    response.once('close', () => {
      if (this.#state === 'open') this.#state = 'gone';
      this.#gone?.();
    });
  }

  get isGone(): boolean {
    return this.#state === 'gone';
  }

  header(name: string): string {
    const value = this.#request.headers[name];
    return Array.isArray(value) ? value.join(', ') : (value ?? '');
  }

  headerLines(name: string): string {
    return this.header(name);
  }

  peerAddress(): string {
    return this.#request.socket.remoteAddress ?? '';
  }

  contentLengths(): number {
    let lengths = 0;
    for (let at = 0; at < this.#request.rawHeaders.length; at += 2)
      if (this.#request.rawHeaders[at]?.toLowerCase() === 'content-length') lengths++;
    return lengths;
  }

  readBody(limitBytes: number, take: (body: string | 'too_large') => void): void {
    readNodeBody(this.#request, limitBytes, take);
  }

  answer({ status, headers, body, close = false }: Answer): void {
    if (this.#state !== 'open') return;
    this.#state = 'answered';
    const response = this.#response;
    for (const [name, value] of headers) response.setHeader(name, value);
    if (status !== 204) response.setHeader('Content-Length', Buffer.byteLength(body));
    if (close) response.shouldKeepAlive = false;
    response.writeHead(status, REASON_PHRASES[status]);
    response.end(this.method === 'HEAD' ? undefined : body);
  }

  onGone(callback: () => void): void {
    this.#gone = callback;
  }

  beginStream(headers: Headers, greeting: Frame): StreamSocket {
    this.#state = 'answered';
    for (const [name, value] of headers) this.#response.setHeader(name, value);
    this.#response.setHeader('Connection', 'keep-alive');
    this.#response.writeHead(200, REASON_PHRASES[200]);
    const response = this.#response;
    const socket = new NodeStreamSocket(response, { properly: () => response.end(), cut: () => response.destroy() });
    this.#gone = () => socket.gone();
    socket.write(greeting);
    return socket;
  }
}

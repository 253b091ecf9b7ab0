import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, hasNoBody, type HeaderList, reasonPhrase } from '../answer.ts';
import { readNodeBody } from './body.ts';
import { NodeExchange } from './exchange.ts';
import { REQUEST_MS } from './limits.ts';

/** One HTTP/1.1 request on node:http. */
export class Http1Exchange extends NodeExchange<ServerResponse> {
  readonly #request: IncomingMessage;
  #readsBody = false;

  constructor(request: IncomingMessage, response: ServerResponse) {
    super({ method: request.method, target: request.url, headers: request.headers }, response);
    this.#request = request;
  }

  peerAddress(): string {
    return this.#request.socket.remoteAddress ?? '';
  }

  /** Whether the response stays open after the whole request has arrived: a stream, or a held refusal. */
  get isOpenEnded(): boolean {
    return !this.#readsBody && !this.response.writableEnded;
  }

  contentLengths(): number {
    let lengths = 0;
    for (let at = 0; at < this.#request.rawHeaders.length; at += 2)
      if (this.#request.rawHeaders[at]?.toLowerCase() === 'content-length') lengths++;
    return lengths;
  }

  readBody(limitBytes: number, take: (body: Buffer | 'too_large') => void): void {
    this.#readsBody = true;
    readNodeBody(this.#request, limitBytes, take);
  }

  protected writeAnswer({ status, headers, body, close = false }: Answer): void {
    const { response } = this;
    for (const [name, value] of headers) response.setHeader(name, value);
    if (!hasNoBody(status)) response.setHeader('Content-Length', Buffer.byteLength(body));
    if (close) response.shouldKeepAlive = false;
    response.writeHead(status, reasonPhrase(status));
    // A peer that takes nothing for a while is cut, as the addon cuts it.
    if (typeof body !== 'string') response.setTimeout(REQUEST_MS, () => response.destroy());
    response.end(this.method === 'HEAD' || hasNoBody(status) ? undefined : body);
  }

  protected writeStreamHead(headers: HeaderList): void {
    for (const [name, value] of headers) this.response.setHeader(name, value);
    this.response.setHeader('Connection', 'keep-alive');
    this.response.writeHead(200, reasonPhrase(200));
  }

  protected endStream(): void {
    this.response.end();
  }

  protected cutStream(): void {
    this.response.destroy();
  }
}

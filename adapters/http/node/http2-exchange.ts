import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { type Answer, hasNoBody, type HeaderList } from '../answer.ts';
import { readNodeBody } from './body.ts';
import { NodeExchange } from './exchange.ts';
import { REQUEST_MS } from './limits.ts';

/** One request on an HTTP/2 stream. */
export class Http2Exchange extends NodeExchange<ServerHttp2Stream> {
  readonly #hasLength: boolean;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    super({ method: headers[':method'], target: headers[':path'], headers }, stream);
    this.#hasLength = headers['content-length'] !== undefined;
  }

  peerAddress(): string {
    const { session } = this.response;
    return session === undefined || session.destroyed ? '' : (session.socket.remoteAddress ?? '');
  }

  /** The protocol allows one at most, and resets a stream whose body is not as long as it says. */
  contentLengths(): number {
    return this.#hasLength ? 1 : 0;
  }

  readBody(limitBytes: number, take: (body: Buffer | 'too_large') => void): void {
    const stream = this.response;
    const stalled = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), REQUEST_MS);
    stream.once('close', () => clearTimeout(stalled));
    readNodeBody(stream, limitBytes, (body) => {
      clearTimeout(stalled);
      // Node ends the body of a stream that is reset, too.
      if (!this.isGone) take(body);
    });
  }

  protected writeAnswer({ status, headers, body }: Answer): void {
    const length = Buffer.byteLength(body);
    const sent = { ...named(headers), ...(hasNoBody(status) ? {} : { 'content-length': length }), ':status': status };
    const hasBody = this.method !== 'HEAD' && !hasNoBody(status) && length > 0;
    this.response.respond(sent, { endStream: !hasBody });
    // A peer that takes nothing for a while loses this stream alone.
    if (typeof body !== 'string') this.response.setTimeout(REQUEST_MS, () => this.cutStream());
    if (hasBody) this.response.end(body);
    this.#refuseTheRest();
  }

  protected writeStreamHead(headers: HeaderList): void {
    this.response.respond({ ...named(headers), ':status': 200 });
    // The rest of the request is not used, but its bytes must not fill the connection's window.
    if (!this.response.endAfterHeaders) this.response.resume();
  }

  protected endStream(): void {
    this.response.end();
    this.#refuseTheRest();
  }

  /** Cuts this stream alone: the others on its connection may be healthy. */
  protected cutStream(): void {
    this.response.close(constants.NGHTTP2_CANCEL);
  }

  /**
   * A client that is still sending is reset without an error after the whole answer, because the rest is not read. The
   * stream is closed only then, although Node would delay a reset itself: some versions do not properly release a
   * closed stream that has bytes left to write when its connection ends.
   */
  #refuseTheRest(): void {
    const { response } = this;
    if (response.endAfterHeaders || response.readableEnded) return;
    response.resume();
    const refuse = (): void => response.close(constants.NGHTTP2_NO_ERROR);
    // An answer without a body may be out already.
    if (response.writableFinished) refuse();
    else response.once('finish', refuse);
  }
}

function named(headers: HeaderList): Record<string, string> {
  return Object.fromEntries(headers);
}

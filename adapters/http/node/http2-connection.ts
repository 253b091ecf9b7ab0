import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { IDLE_CONNECTION_MS } from './limits.ts';

/** The highest there is: a GOAWAY with it announces the end without refusing what is already on its way. */
const LAST_STREAM_ID = 2 ** 31 - 1;

/** One HTTP/2 connection: it counts its open streams, and ends when it is no longer used. */
export class Http2Connection {
  readonly #session: ServerHttp2Session;
  readonly #idle: NodeJS.Timeout;
  #streams = 0;
  #draining = false;

  constructor(session: ServerHttp2Session, idleMs = IDLE_CONNECTION_MS) {
    this.#session = session;
    // A peer that breaks the protocol loses its connection and streams, which notify their sessions.
    session.on('error', () => undefined);
    // The session's own time-out would keep one whose peer has vanished until the time has passed.
    this.#idle = setTimeout(() => {
      if (this.#streams === 0 && !session.closed) session.close();
    }, idleMs);
    session.once('close', () => clearTimeout(this.#idle));
  }

  opened(stream: ServerHttp2Stream): void {
    this.#streams++;
    stream.once('close', () => {
      this.#streams--;
      if (this.#streams > 0 || this.#session.destroyed) return;
      this.#idle.refresh();
      if (this.#draining && !this.#session.closed) this.#session.close();
    });
  }

  /**
   * Sends GOAWAY without refusing requests that crossed it. The answer to the ping comes after all of those, and from
   * then on the connection ends with its last stream.
   */
  drain(): void {
    if (this.#draining || this.#session.closed) return;
    this.#draining = true;
    if (this.#streams === 0) return this.#session.close();
    this.#session.goaway(constants.NGHTTP2_NO_ERROR, LAST_STREAM_ID);
    this.#session.ping(() => {
      if (!this.#session.closed) this.#session.close();
    });
  }
}

import type { StreamHandle } from '../../application/ports/streams.ts';
import type { Frame, SubscriberSocket } from '../../domain/subscriber-socket.ts';
import type { Answer, HeaderList } from './answer.ts';

/**
 * One request and its response, whatever the transport. A route reads what it needs of the request at once: `header`
 * and the other getters are valid only during the turn in which the exchange was passed to the route.
 */
export interface HttpExchange {
  /** In upper case. */
  readonly method: string;
  /** The path as it was sent, neither decoded nor normalised, without the query. */
  readonly path: string;
  /** The part after the first `?`, as it was sent; empty if there is none. */
  readonly query: string;
  /** The client went away: nothing can be answered any more. */
  readonly isGone: boolean;
  /** The header's value, or an empty string. Pass the name in lower case. */
  header(name: string): string;
  /** All values of a header in the order of its lines, joined by commas: `header` may give the first line alone. */
  headerLines(name: string): string;
  /** The address of the connection's peer, not one that a header claims; empty after the peer has gone. */
  peerAddress(): string;
  /** The number of `Content-Length` headers: with two of them the end of the request is unclear. */
  contentLengths(): number;
  /**
   * Reads the body up to the limit. The callback is not called when the client goes away first. The bytes are good only
   * during the call.
   */
  readBody(limitBytes: number, take: (body: Buffer | 'too_large') => void): void;
  /** Answers once. Has no effect after the client has gone. */
  answer(answer: Answer): void;
  /** Calls back when the client goes away before it is answered. */
  onGone(callback: () => void): void;
  /** Begins an open-ended response: the head and its first bytes are sent in this turn. */
  beginStream(beginning: StreamBeginning): StreamSocket;
}

export interface StreamBeginning {
  readonly headers: HeaderList;
  /** The first bytes of the body. */
  readonly firstBytes: Frame;
  /** A comment that clients read and ignore. */
  readonly keepAlive: Frame;
}

/** A socket whose transport reports events to its stream. */
export interface StreamSocket extends SubscriberSocket {
  attach(stream: StreamHandle): void;
}

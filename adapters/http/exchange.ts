import type { StreamHandle } from '../../application/ports/streams.ts';
import type { Frame, SubscriberSocket } from '../../domain/subscriber-socket.ts';
import type { Answer, HeaderList } from './answer.ts';

/**
 * One request and its response, whatever the transport. What a route needs of the request it reads at once: `header`
 * and the others are good only during the turn in which the exchange was given.
 */
export interface HttpExchange {
  /** Upper case, as HTTP has it. */
  readonly method: string;
  /** The path as it was sent, neither decoded nor normalised, without the query. */
  readonly path: string;
  /** What stands behind the first `?`, as it was sent; empty where nothing does. */
  readonly query: string;
  /** The client went away: nothing can be answered any more. */
  readonly isGone: boolean;
  /** The header's value, or an empty string. Its name is given in lower case. */
  header(name: string): string;
  /** All values of a header in the order of its lines, joined by commas: `header` may give the first line alone. */
  headerLines(name: string): string;
  /** The address of the connection's other end, and no other that it may claim; empty when it is gone. */
  peerAddress(): string;
  /** How many `Content-Length` headers came: with two of them the end of the request is unclear. */
  contentLengths(): number;
  /**
   * Reads the body up to the limit. The callback is not called when the client goes away first. The bytes are good only
   * during the call.
   */
  readBody(limitBytes: number, take: (body: Buffer | 'too_large') => void): void;
  /** Answers once. Without effect when the client is gone. */
  answer(answer: Answer): void;
  /** Calls back when the client goes away before it is answered. */
  onGone(callback: () => void): void;
  /** Begins a response without an end: the head and its first bytes go out in this turn. */
  beginStream(beginning: StreamBeginning): StreamSocket;
}

export interface StreamBeginning {
  readonly headers: HeaderList;
  /** The first bytes of the body. */
  readonly firstBytes: Frame;
  /** What its clients read and ignore. */
  readonly keepAlive: Frame;
}

/** A socket whose transport reports events to its stream. */
export interface StreamSocket extends SubscriberSocket {
  attach(stream: StreamHandle): void;
}

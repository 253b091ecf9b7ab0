import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { EventEncoder } from '../../domain/event-encoder.ts';
import type { SubscriberSocket } from '../../domain/subscriber-socket.ts';

/** What the HTTP adapters call when a client requests a stream. */
export interface Streams {
  /**
   * Opens a stream, if there is room: `begin` is called once, at once, to write the head of the stream, and the
   * environment's newest update follows in the same turn. If there is no room, `begin` is not called.
   */
  open(environment: EnvironmentId, client: StreamClient, begin: () => SubscriberSocket): StreamHandle | StreamRefusal;
}

/**
 * Why a stream is refused: the instance has as many streams as it may have, or as many from the client's address, or it
 * is ending its streams. Only some dialects refuse for the last reason; the others open the stream, which then ends.
 */
export type StreamRefusal = 'full' | 'address' | 'draining';

export interface StreamClient {
  /** The dialect that it reads. */
  readonly encoder: EventEncoder;
  readonly userAgent: string;
  /** The id of the last event that it knows; empty if it names none. */
  readonly lastEventId: string;
  /** The address by which its streams are counted; empty if they are not. */
  readonly address: string;
}

/** What the transport reports about a stream that it holds. */
export interface StreamHandle {
  /** The peer has taken everything that was written. */
  drained(): void;
  /** The connection has closed; the socket must not be used any more. */
  gone(): void;
}

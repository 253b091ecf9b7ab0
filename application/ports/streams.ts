import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { EventEncoder } from '../../domain/event-encoder.ts';
import type { SubscriberSocket } from '../../domain/subscriber-socket.ts';

/** What the HTTP side asks of the application when a client wants a stream. */
export interface Streams {
  /**
   * Takes the client in, unless there is no room for it: `begin` is called at most once, at once, to write the head of
   * the stream, and the environment's newest update follows in the same turn.
   */
  open(environment: EnvironmentId, client: StreamClient, begin: () => SubscriberSocket): StreamHandle | StreamRefusal;
}

/**
 * Why there is no room: the instance holds as many streams as it may, or as many of the client's address, or it ends
 * its streams. The last is a refusal of the dialects that say so; others open the stream, which then ends.
 */
export type StreamRefusal = 'full' | 'address' | 'draining';

export interface StreamClient {
  /** The dialect that it reads. */
  readonly encoder: EventEncoder;
  readonly userAgent: string;
  /** The id of the last event that it knows; empty where it names none. */
  readonly lastEventId: string;
  /** What its streams are counted by; empty where nobody counts them. */
  readonly address: string;
}

/** What the transport tells about a stream that it holds. */
export interface StreamHandle {
  /** The peer took everything that was written. */
  drained(): void;
  /** The connection is gone; the socket is not to be touched any more. */
  gone(): void;
}

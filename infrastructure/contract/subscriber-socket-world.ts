import type { SubscriberSocket } from '../../domain/subscriber-socket.ts';

/**
 * A transport without a service behind it. The suite makes a new world for each case, and closes it.
 *
 * `open` connects a client of the transport, answers it with a stream as the service does, and resolves with both ends.
 */
export interface SubscriberSocketWorld {
  open(): Promise<HeldStream>;
  /** Closes what is left. */
  close(): void | Promise<void>;
  /** How long an expected event may take, in milliseconds: a case that waits longer fails. 15,000 by default. */
  readonly patienceMs?: number;
}

/** A stream as the service holds it. */
export interface HeldStream {
  /** The adapter under test. */
  readonly socket: SubscriberSocket;
  readonly peer: StreamPeer;
  /** How often the transport has reported each event so far. */
  readonly reported: { readonly drained: number; readonly gone: number };
}

/** The client at the other end of a stream. */
export interface StreamPeer {
  /** The body of the stream as text, as far as it has arrived. */
  readonly received: string;
  /** How the stream ended: properly, or by a broken connection or a reset. */
  readonly ending: 'open' | 'ended' | 'cut';
  /** Leaves incoming data in the kernel, as a client that hangs does. */
  stopReading(): void;
  readOn(): void;
  /** Disappears without ending anything. */
  vanish(): void;
}

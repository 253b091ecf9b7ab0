/** An encoded event, ready for the wire. The domain only passes it on. */
export type Frame = string;

/**
 * What a session needs from its client's connection. Every transport implements it, and so do the in-memory parts.
 *
 * Guarantee: a frame for which `write` does not return `closed` is written once, whole, and after everything written
 * before it. Calls never throw, and after `end`, `close` or a `closed` they do nothing.
 */
export interface SubscriberSocket {
  /**
   * Writes one frame as one chunk. `congested`: it is written, but the peer is not reading; write nothing more until
   * the socket reports that it has drained, because memory would grow without bound.
   */
  write(frame: Frame): WriteOutcome;
  /** Writes the comment that keeps proxies from closing an idle stream. */
  writeKeepAlive(): WriteOutcome;
  /** Keeps a congested connection from being timed out by its transport. */
  rearm(): void;
  /** Ends the stream properly, with its last chunk. */
  end(): void;
  /** Cuts the connection: the only unclean end. */
  close(): void;
}

export type WriteOutcome = 'sent' | 'congested' | 'closed';

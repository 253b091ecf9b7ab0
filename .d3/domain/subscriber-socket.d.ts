/** An encoded event, ready for the wire. The domain only passes it on. */
export type Frame = string;
/**
 * What a session needs of its client's connection. Every transport offers it, and so does memory.
 *
 * Guarantee: a frame that was not answered with `closed` is written once, whole, and after all that was written
 * before. Calls never throw, and after `end`, `close` or a `closed` they do nothing.
 */
export interface SubscriberSocket {
    /**
     * Writes one frame as one chunk. `congested`: it is written, but the peer is not reading; write nothing more until
     * the socket reports that it has drained, or memory grows without bound.
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

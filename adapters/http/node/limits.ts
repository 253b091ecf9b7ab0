/** What the node transport takes from one client. docs/http2.md says what happens at each. */

/** For a TLS handshake, the first byte, a request's head and its body: as long as uWebSockets.js waits. */
export const REQUEST_MS = 10_000;
/** Requests and streams at a time on one HTTP/2 connection. */
export const MAX_CONCURRENT_STREAMS = 256;
/** An HTTP/2 connection without a stream: browsers and proxies keep one for a while between two requests. */
export const IDLE_CONNECTION_MS = 60_000;
/**
 * What may wait of a stream in this process until it counts as congested: some events, so that one that is still on
 * its way to the kernel does not make a session skip the next.
 */
export const UNSENT_BYTES = 1024;
/** How long unsent data may take to reach the kernel when the service stops. */
export const FLUSH_MS = 1000;

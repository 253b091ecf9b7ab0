import { constants } from 'node:http2';
import { IDLE_CONNECTION_MS } from "./limits.js";
/** The highest there is: a GOAWAY with it announces the end without refusing what is already on its way. */
const LAST_STREAM_ID = 2 ** 31 - 1;
/** One HTTP/2 connection: it knows how many streams are open on it, and ends when there is no use for it any more. */
export class Http2Connection {
    #session;
    #idle;
    #streams = 0;
    #draining = false;
    constructor(session, idleMs = IDLE_CONNECTION_MS) {
        this.#session = session;
        // A peer that breaks the protocol is gone, and so are its streams, which tell their sessions.
        session.on('error', () => undefined);
        // The session's own time-out would hold on to one whose peer has vanished until the time is over.
        this.#idle = setTimeout(() => {
            if (this.#streams === 0 && !session.closed)
                session.close();
        }, idleMs);
        session.once('close', () => clearTimeout(this.#idle));
    }
    opened(stream) {
        this.#streams++;
        stream.once('close', () => {
            this.#streams--;
            if (this.#streams > 0 || this.#session.destroyed)
                return;
            this.#idle.refresh();
            if (this.#draining && !this.#session.closed)
                this.#session.close();
        });
    }
    /**
     * Says GOAWAY without refusing requests that crossed it. The answer to the ping comes after all of those, and from
     * then on the connection ends with its last stream.
     */
    drain() {
        if (this.#draining || this.#session.closed)
            return;
        this.#draining = true;
        if (this.#streams === 0)
            return this.#session.close();
        this.#session.goaway(constants.NGHTTP2_NO_ERROR, LAST_STREAM_ID);
        this.#session.ping(() => {
            if (!this.#session.closed)
                this.#session.close();
        });
    }
}
//# sourceMappingURL=http2-connection.js.map
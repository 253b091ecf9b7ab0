import { UNSENT_BYTES } from "./limits.js";
/** A stream on a response of Node's, in either protocol: one write is one chunk, or one DATA frame. */
export class NodeStreamSocket {
    #response;
    #keepAlive;
    #endings;
    #stream;
    #state = 'open';
    constructor(response, keepAlive, endings) {
        this.#response = response;
        this.#keepAlive = keepAlive;
        this.#endings = endings;
    }
    attach(stream) {
        this.#stream = stream;
        // Its client was gone before the stream began: no event will say so.
        if (this.#state === 'over')
            stream.gone();
    }
    gone() {
        this.#state = 'over';
        this.#stream?.gone();
    }
    write(frame) {
        if (this.#state === 'over' || this.#response.destroyed)
            return 'closed';
        if (this.#response.writableLength <= UNSENT_BYTES) {
            this.#response.write(frame);
            return 'sent';
        }
        // Nothing more is written until this frame is taken, so when it is, everything is.
        this.#response.write(frame, (error) => {
            if (!error && this.#state === 'open')
                this.#stream?.drained();
        });
        return 'congested';
    }
    writeKeepAlive() {
        return this.write(this.#keepAlive);
    }
    rearm() {
        // Node times no response out: only the session gives up.
    }
    end() {
        if (this.#state === 'over')
            return;
        this.#state = 'over';
        this.#endings.properly();
    }
    close() {
        if (this.#state === 'over')
            return;
        this.#state = 'over';
        this.#endings.cut();
    }
}
//# sourceMappingURL=stream-socket.js.map
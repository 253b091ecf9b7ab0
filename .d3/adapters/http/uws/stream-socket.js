// One closure serves every corked write: a closure each would be the largest cost of a delivery next to the system call.
let corkedResponse;
let corkedFrame;
let corkedKeepAlive;
let corkedWriteTaken;
const corkedWrite = () => {
    corkedWriteTaken = corkedResponse.write(corkedFrame);
};
// The addon sends the line end that closes a chunk only with its next write, and Python's urllib3 hands out no chunk
// without it: an event would be received when the next one comes. So a keep-alive follows each event, in the same
// segment.
const corkedEvent = () => {
    const taken = corkedResponse.write(corkedFrame);
    corkedWriteTaken = corkedResponse.write(corkedKeepAlive) && taken;
};
/**
 * A stream on uWebSockets.js. Every write is corked, so that it is one system call; that holds only outside the turn of
 * an HTTP handler, in which the cork is taken and each write would cost four.
 */
export class UwsStreamSocket {
    #response;
    #keepAlive;
    #stream;
    #state = 'open';
    #watchesDrain = false;
    constructor(response, keepAlive) {
        this.#response = response;
        this.#keepAlive = keepAlive;
    }
    attach(stream) {
        this.#stream = stream;
    }
    /** The connection is gone: from here on the response must not be touched. */
    gone() {
        this.#state = 'over';
        this.#stream?.gone();
    }
    write(frame) {
        return this.#write(frame, corkedEvent);
    }
    writeKeepAlive() {
        return this.#write(this.#keepAlive, corkedWrite);
    }
    /** A write that the kernel did not take arms a 10 s time-out, which reading again takes away. */
    rearm() {
        if (this.#state === 'over')
            return;
        this.#response.pause();
        this.#response.resume();
    }
    end() {
        if (this.#state === 'over')
            return;
        this.#state = 'over';
        this.#response.cork(() => this.#response.end());
    }
    close() {
        if (this.#state === 'over')
            return;
        this.#state = 'over';
        this.#response.close();
    }
    #write(frame, corked) {
        if (this.#state === 'over')
            return 'closed';
        corkedResponse = this.#response;
        corkedFrame = frame;
        corkedKeepAlive = this.#keepAlive;
        this.#response.cork(corked);
        if (corkedWriteTaken)
            return 'sent';
        this.#watchDrain();
        return 'congested';
    }
    #watchDrain() {
        if (this.#watchesDrain)
            return;
        this.#watchesDrain = true;
        // What the addon has buffered goes out only with the next write, so the socket has not drained before that took it.
        this.#response.onWritable(() => {
            if (this.writeKeepAlive() === 'sent')
                this.#stream?.drained();
            return true;
        });
    }
}
//# sourceMappingURL=stream-socket.js.map
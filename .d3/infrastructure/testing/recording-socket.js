/**
 * A socket that keeps every call in order, and answers writes as it was set to.
 *
 * ```ts
 * const socket = new RecordingSocket();
 * socket.answers = 'congested';
 * // … drive a session with it …
 * assert.deepEqual(socket.take(), ['data: 1\n\n', 'rearm']);
 * ```
 */
export class RecordingSocket {
    /** A frame stands for its write, `keep-alive`, `rearm`, `end` and `close` for the other calls. */
    calls = [];
    /** What the next writes are answered with; `throw` breaks the port's promise, in every call. */
    answers = 'sent';
    /** Called from inside a write, as a transport might that reports at once. */
    duringWrite = () => undefined;
    /** The calls since the last time. */
    take() {
        return this.calls.splice(0);
    }
    write(frame) {
        return this.#answer(frame);
    }
    writeKeepAlive() {
        return this.#answer('keep-alive');
    }
    rearm() {
        this.calls.push('rearm');
        this.#answered();
    }
    end() {
        this.calls.push('end');
        this.#answered();
    }
    close() {
        this.calls.push('close');
        this.#answered();
    }
    #answer(call) {
        this.calls.push(call);
        this.duringWrite();
        return this.#answered();
    }
    #answered() {
        if (this.answers === 'throw')
            throw new Error('a socket that breaks its promise');
        return this.answers;
    }
}
//# sourceMappingURL=recording-socket.js.map
/** A client's connection in memory: it keeps what was written, and stops reading when told to. */
export class MemorySocket {
    frames = [];
    keepAlives = 0;
    rearmed = 0;
    #ending = 'open';
    #reading = true;
    /** How the stream ended: properly, cut by the service, or gone by itself. */
    get ending() {
        return this.#ending;
    }
    /** The peer reads no more: the next write is taken and answered with `congested`. */
    stopReading() {
        this.#reading = false;
    }
    /** The peer reads again. Who made the socket reports the drain to the stream. */
    readOn() {
        this.#reading = true;
    }
    /** The connection breaks: the next write is answered with `closed`. */
    vanish() {
        if (this.#ending === 'open')
            this.#ending = 'gone';
    }
    write(frame) {
        if (this.#ending !== 'open')
            return 'closed';
        this.frames.push(frame);
        return this.#reading ? 'sent' : 'congested';
    }
    writeKeepAlive() {
        if (this.#ending !== 'open')
            return 'closed';
        this.keepAlives++;
        return this.#reading ? 'sent' : 'congested';
    }
    rearm() {
        this.rearmed++;
    }
    end() {
        if (this.#ending === 'open')
            this.#ending = 'ended';
    }
    close() {
        if (this.#ending === 'open')
            this.#ending = 'closed';
    }
}
//# sourceMappingURL=memory-socket.js.map
/**
 * What came of a request's body so far, in one piece of memory: a client that sends it byte by byte makes it take no
 * more, while a buffer for each piece would take hundreds of times as much as it holds.
 */
export class RequestBody {
    #limitBytes;
    #memory = Buffer.alloc(0);
    #length = 0;
    constructor(limitBytes) {
        this.#limitBytes = limitBytes;
    }
    get bytes() {
        return this.#memory.subarray(0, this.#length);
    }
    /**
     * Takes a copy of the next piece.
     *
     * @returns false where it goes beyond the limit: then it is dropped
     */
    add(piece) {
        const length = this.#length + piece.byteLength;
        if (length > this.#limitBytes)
            return false;
        if (length > this.#memory.length)
            this.#growTo(Math.min(this.#limitBytes, Math.max(length, 2 * this.#length)));
        this.#memory.set(piece, this.#length);
        this.#length = length;
        return true;
    }
    #growTo(bytes) {
        const memory = Buffer.allocUnsafe(bytes);
        this.#memory.copy(memory, 0, 0, this.#length);
        this.#memory = memory;
    }
}
//# sourceMappingURL=request-body.js.map
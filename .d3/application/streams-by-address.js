/**
 * How many streams each address has, so that one cannot take the places of all. It holds only addresses that have one:
 * never more of them than there are streams.
 */
export class StreamsByAddress {
    #max;
    #open = new Map();
    /** @param max of one address; 0: any number, and nothing is counted */
    constructor(max) {
        this.#max = max;
    }
    /** The addresses that have a stream. */
    get size() {
        return this.#open.size;
    }
    hasRoom(address) {
        return this.#max === 0 || (this.#open.get(address) ?? 0) < this.#max;
    }
    /** @returns what is to be called, once, when the stream is over; undefined where nothing is counted */
    opened(address) {
        if (this.#max === 0)
            return undefined;
        this.#open.set(address, (this.#open.get(address) ?? 0) + 1);
        return () => this.#closed(address);
    }
    #closed(address) {
        const left = (this.#open.get(address) ?? 0) - 1;
        if (left > 0)
            this.#open.set(address, left);
        else
            this.#open.delete(address);
    }
}
//# sourceMappingURL=streams-by-address.js.map
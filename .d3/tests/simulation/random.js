/** A small generator of pseudo-random numbers: the same seed gives the same numbers on every machine. */
export class Random {
    #state;
    constructor(seed) {
        this.#state = seed >>> 0;
    }
    /** Uniform in [0, 1). */
    next = () => {
        this.#state = (this.#state + 0x9e3779b9) >>> 0;
        let mixed = this.#state;
        mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
        mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
        return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
    };
    /** A whole number from 0 to below the bound. */
    below(bound) {
        return Math.floor(this.next() * bound);
    }
    pick(choices) {
        return choices[this.below(choices.length)];
    }
}
//# sourceMappingURL=random.js.map
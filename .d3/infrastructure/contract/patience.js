const POLL_MS = 5;
/** How long a condition may take to hold. It is generous: only what never comes takes longer. */
export class Patience {
    ms;
    constructor(ms = 15_000) {
        this.ms = ms;
    }
    /**
     * Waits until the condition holds.
     *
     * @param what the condition in words; a function where they depend on how far it came
     * @throws Error that names the condition
     */
    async until(what, holds) {
        const endsMs = performance.now() + this.ms;
        while (!(await holds())) {
            if (performance.now() > endsMs)
                throw this.#over(what);
            await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        }
    }
    /**
     * Waits for a promise that may never settle.
     *
     * @throws Error that names what did not settle
     */
    async within(what, promise) {
        let timer;
        const over = new Promise((_, reject) => {
            timer = setTimeout(() => reject(this.#over(what)), this.ms);
        });
        try {
            return await Promise.race([promise, over]);
        }
        finally {
            clearTimeout(timer);
        }
    }
    #over(what) {
        return new Error(`not within ${this.ms} ms: ${typeof what === 'string' ? what : what()}`);
    }
}
//# sourceMappingURL=patience.js.map
/** Those who wait for a change or for time to pass, none of them beyond the end. Bounded by the appends in flight. */
export class Waiting {
    #clock;
    #wake = new Set();
    #ended = false;
    constructor(clock) {
        this.#clock = clock;
    }
    get ended() {
        return this.#ended;
    }
    /** Until something changed, or `timeoutMs` have passed. */
    change(timeoutMs) {
        return this.#wait(timeoutMs, () => true);
    }
    /** Until `delayMs` have passed, whatever changes but the end. */
    pause(delayMs) {
        return this.#ended || delayMs <= 0 ? Promise.resolve() : this.#wait(delayMs, () => this.#ended);
    }
    changed() {
        for (const wake of [...this.#wake])
            wake();
    }
    end() {
        this.#ended = true;
        this.changed();
    }
    #wait(timeoutMs, isOver) {
        return new Promise((resolve) => {
            const settle = () => {
                timer.cancel();
                this.#wake.delete(wake);
                resolve();
            };
            const wake = () => {
                if (isOver())
                    settle();
            };
            const timer = this.#clock.after(timeoutMs, settle);
            this.#wake.add(wake);
        });
    }
}
//# sourceMappingURL=waiting.js.map
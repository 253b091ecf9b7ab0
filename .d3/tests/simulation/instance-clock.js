/** One instance's view of the world's clock. When the instance dies, its timers and turns die with it. */
export class InstanceClock {
    #world;
    #timers = new Set();
    #dead = false;
    constructor(world) {
        this.#world = world;
    }
    /** The timers that are set and have not run. */
    get timers() {
        return this.#timers.size;
    }
    die() {
        this.#dead = true;
        for (const timer of this.#timers)
            timer.cancel();
        this.#timers.clear();
    }
    epochMs() {
        return this.#world.epochMs();
    }
    monotonicMs() {
        return this.#world.monotonicMs();
    }
    after(delayMs, task) {
        if (this.#dead)
            return { cancel: () => undefined };
        const timer = this.#world.after(delayMs, () => {
            this.#timers.delete(timer);
            task();
        });
        this.#timers.add(timer);
        return {
            cancel: () => {
                timer.cancel();
                this.#timers.delete(timer);
            },
        };
    }
    nextTurn(task) {
        this.#world.nextTurn(() => {
            if (!this.#dead)
                task();
        });
    }
}
//# sourceMappingURL=instance-clock.js.map
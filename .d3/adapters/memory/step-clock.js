/** A clock that stands still until it is told to go on: hours pass in a microsecond, and in the same order each time. */
export class StepClock {
    #nowMs = 0;
    #order = 0;
    #startMs;
    #tasks = new Set();
    #turns = [];
    /** @param startMs what the wall clock shows at first, in milliseconds since 1970 */
    constructor(startMs = Date.UTC(2024, 11, 6)) {
        this.#startMs = startMs;
    }
    epochMs() {
        return this.#startMs + this.#nowMs;
    }
    monotonicMs() {
        return this.#nowMs;
    }
    after(delayMs, run) {
        const task = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, run };
        this.#tasks.add(task);
        return { cancel: () => void this.#tasks.delete(task) };
    }
    nextTurn(task) {
        this.#turns.push(task);
    }
    /** Runs what was put off to the next turn, once: what that puts off in turn waits for the next call. */
    turn() {
        const turns = this.#turns;
        this.#turns = [];
        for (const run of turns)
            run();
        return turns.length;
    }
    /**
     * Runs turns, and whatever promises they settle, until nothing is put off any more.
     *
     * @throws Error when that does not come to an end
     */
    async settle() {
        for (let turns = 0; turns < 100_000; turns++) {
            // Promises settle in microtasks, of which a macrotask of the real loop sees the end.
            await new Promise((resolve) => void setImmediate(resolve));
            if (this.turn() === 0)
                return;
        }
        throw new Error('the event loop does not come to rest');
    }
    /** Lets time pass, and runs what falls due on the way, each task at its own time. */
    async advance(ms) {
        const untilMs = this.#nowMs + ms;
        for (;;) {
            await this.settle();
            const next = this.#next();
            if (next === undefined || next.dueMs > untilMs)
                break;
            this.#nowMs = next.dueMs;
            this.#tasks.delete(next);
            next.run();
        }
        this.#nowMs = untilMs;
    }
    #next() {
        let first;
        for (const task of this.#tasks)
            if (first === undefined || task.dueMs < first.dueMs || (task.dueMs === first.dueMs && task.order < first.order))
                first = task;
        return first;
    }
}
//# sourceMappingURL=step-clock.js.map
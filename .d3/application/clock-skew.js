/** Two of these are looked at: the one that goes on and the one before it, so from half a minute to a whole one. */
const WINDOW_MS = 30_000;
/**
 * How far our clock and the log's are apart, by the updates that were stored a moment ago. What one of them shows is
 * the difference of the clocks and the time of its delivery. That time is never negative, so the smallest difference
 * of many is the truest, also where our clock is behind and it is below zero.
 */
export class ClockSkew {
    #smallestMs = Infinity;
    #smallestBeforeMs = Infinity;
    #windowEndsMs = -Infinity;
    /** The distance in milliseconds, by the last minute that had updates; 0 before the first. */
    get ms() {
        const smallestMs = Math.min(this.#smallestMs, this.#smallestBeforeMs);
        return smallestMs === Infinity ? 0 : Math.abs(smallestMs);
    }
    /** @param storedAtMs when the log took an update, by its own clock */
    observe(storedAtMs, now) {
        const differenceMs = now.epochMs - storedAtMs;
        if (now.monotonicMs < this.#windowEndsMs) {
            if (differenceMs < this.#smallestMs)
                this.#smallestMs = differenceMs;
            return;
        }
        const isNext = now.monotonicMs < this.#windowEndsMs + WINDOW_MS;
        this.#smallestBeforeMs = isNext ? this.#smallestMs : Infinity;
        this.#smallestMs = differenceMs;
        this.#windowEndsMs = now.monotonicMs + WINDOW_MS;
    }
}
//# sourceMappingURL=clock-skew.js.map
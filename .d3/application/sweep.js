/** How late a keep-alive may be, and how often a congested connection is kept from its transport's time-out. */
const INTERVAL_MS = 1000;
/** To pass by a session that needs nothing costs so much less than to write to one. */
const VISITS_PER_WRITE = 10;
/**
 * Goes over all sessions once a second, in slices: keep-alives, streams that have reached their age, peers that have
 * not read for too long, and environments that have nothing to show any more. One sweep, because a timer for each of
 * thousands of sessions would cost more than all their keep-alives.
 */
export class Sweep {
    #limits;
    #hub;
    #clock;
    #timer;
    #stopped = false;
    #congested = 0;
    /** Of the slice, on the monotonic clock. */
    #nowMs = 0;
    constructor(limits, hub, clock) {
        this.#limits = limits;
        this.#hub = hub;
        this.#clock = clock;
    }
    /**
     * How many sessions had a peer that does not read when the last sweep passed by them: the sweep is there anyway, and
     * a count at every change of state would cost each session something.
     */
    get congested() {
        return this.#congested;
    }
    start() {
        const nextMs = this.#clock.monotonicMs() + INTERVAL_MS;
        this.#timer = this.#clock.after(INTERVAL_MS, () => this.#begin(nextMs));
    }
    stop() {
        this.#stopped = true;
        this.#timer?.cancel();
    }
    #begin(beganMs) {
        this.#slice(this.#visits(), beganMs);
    }
    #slice(visits, beganMs) {
        if (this.#stopped)
            return;
        this.#nowMs = this.#clock.monotonicMs();
        let work = this.#hub.slices.sessions * VISITS_PER_WRITE;
        let isOver = false;
        while (work > 0 && !isOver) {
            const visit = visits.next();
            if (visit.done === true)
                isOver = true;
            else
                work -= visit.value;
        }
        this.#hub.flushTally();
        if (isOver)
            this.#again(beganMs);
        else
            this.#clock.nextTurn(() => this.#slice(visits, beganMs));
    }
    /** Passes by each session, and by each channel after its sessions; yields what a visit cost. */
    *#visits() {
        let congested = 0;
        for (const channel of this.#hub.channels.values()) {
            for (const session of channel.sessions) {
                const cost = session.sweep(this.#nowMs, this.#limits) ? VISITS_PER_WRITE : 1;
                if (session.isCongested)
                    congested++;
                yield cost;
            }
            this.#hub.dropIfSpent(channel);
            yield 1;
        }
        this.#congested = congested;
    }
    /** The interval counts from the sweep's beginning, so that a long sweep makes no keep-alive later. */
    #again(beganMs) {
        const nowMs = this.#clock.monotonicMs();
        const nextMs = Math.max(beganMs + INTERVAL_MS, nowMs);
        this.#timer = this.#clock.after(nextMs - nowMs, () => this.#begin(nextMs));
    }
}
//# sourceMappingURL=sweep.js.map
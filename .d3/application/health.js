/** A rebuilt epoch takes a second or two: every instance turning unready for it would leave clients nowhere to go. */
const GRACE_MS = 5000;
/** Knows whether this instance should get new clients. */
export class Health {
    #maxSubscribers;
    #hub;
    #clock;
    #followed = 'never';
    #draining = false;
    constructor(maxSubscribers, hub, clock) {
        this.#maxSubscribers = maxSubscribers;
        this.#hub = hub;
        this.#clock = clock;
    }
    get caughtUp() {
        return this.#followed === 'now';
    }
    caughtUpWithLog() {
        this.#followed = 'now';
    }
    lostLog() {
        if (this.#followed === 'now')
            this.#followed = { lostMs: this.#clock.monotonicMs() };
    }
    drain() {
        this.#draining = true;
    }
    unready() {
        if (this.#draining)
            return 'draining';
        if (this.#followed === 'never')
            return 'starting';
        if (this.#followed !== 'now' && this.#clock.monotonicMs() - this.#followed.lostMs >= GRACE_MS)
            return 'log_unavailable';
        return this.#hub.subscribers >= this.#maxSubscribers ? 'full' : undefined;
    }
}
//# sourceMappingURL=health.js.map
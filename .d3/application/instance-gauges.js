/** Reads the figures that the parts keep anyway. */
export class InstanceGauges {
    #maxSubscribers;
    #parts;
    #log;
    constructor(maxSubscribers, parts, log) {
        this.#maxSubscribers = maxSubscribers;
        this.#parts = parts;
        this.#log = log;
    }
    read() {
        const { hub, sweep, pending, health, tail } = this.#parts;
        const { connected, durable } = this.#log.status();
        return {
            subscribers: hub.subscribers,
            maxSubscribers: this.#maxSubscribers,
            // Who left since the sweep is still in its count.
            congested: Math.min(sweep.congested, hub.subscribers),
            channels: hub.channels.size,
            spreading: hub.passes,
            pending: pending.size,
            logConnected: connected,
            caughtUp: health.caughtUp,
            logDurable: durable ?? true,
            clockSkewMs: tail.clockSkewMs,
            unready: health.unready(),
        };
    }
}
//# sourceMappingURL=instance-gauges.js.map
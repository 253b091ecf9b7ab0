import { streamAgeMs } from "./stream-age.js";
import { StreamsByAddress } from "./streams-by-address.js";
/** The use case of a subscriber: from a request for a stream to a session in its channel. */
export class StreamOpener {
    #options;
    #hub;
    #addresses;
    #clock;
    #random;
    #telemetry;
    constructor(options, hub, adapters) {
        this.#options = options;
        this.#hub = hub;
        this.#addresses = new StreamsByAddress(options.maxStreamsPerAddress);
        this.#clock = adapters.clock;
        this.#random = adapters.random;
        this.#telemetry = adapters.telemetry;
    }
    open(environment, client, begin) {
        if (this.#hub.subscribers >= this.#options.maxSubscribers)
            return this.#refused('full');
        if (!this.#addresses.hasRoom(client.address))
            return this.#refused('address');
        const ageMs = streamAgeMs(this.#options.age, client.userAgent, this.#random);
        const session = this.#hub.join(environment, begin(), {
            encoder: client.encoder,
            endsAtMs: this.#clock.monotonicMs() + ageMs,
            resumeFrom: this.#options.resume ? client.lastEventId : undefined,
            onLeft: this.#addresses.opened(client.address),
        });
        return new JoinedStream(session, this.#hub, this.#clock);
    }
    #refused(reason) {
        this.#telemetry.streamRefused(reason);
        return reason;
    }
}
class JoinedStream {
    #session;
    #hub;
    #clock;
    constructor(session, hub, clock) {
        this.#session = session;
        this.#hub = hub;
        this.#clock = clock;
    }
    drained() {
        this.#session.drained(this.#clock.monotonicMs());
        // What it received now is no delivery of the next pass.
        this.#hub.flushTally();
    }
    gone() {
        this.#session.gone(this.#clock.monotonicMs());
    }
}
//# sourceMappingURL=stream-opener.js.map
import { ClockSkew } from "./clock-skew.js";
/** Where the log's tail enters the application: updates go to the hub, and only those of the epoch that is on. */
export class LogTail {
    #hub;
    #health;
    #pending;
    #repairs;
    #clock;
    #logger;
    #telemetry;
    #skew = new ClockSkew();
    #epoch = 0;
    #caughtUp = false;
    constructor(parts, adapters) {
        this.#hub = parts.hub;
        this.#health = parts.health;
        this.#pending = parts.pending;
        this.#repairs = parts.repairs;
        this.#clock = adapters.clock;
        this.#logger = adapters.logger;
        this.#telemetry = adapters.telemetry;
    }
    /** The epoch that is followed; 0 for none. */
    get epoch() {
        return this.#epoch;
    }
    /** How far our clock and the log's are apart, as far as updates have shown. */
    get clockSkewMs() {
        return this.#skew.ms;
    }
    epochStarted(epoch, keptMs) {
        this.#epoch = epoch;
        this.#caughtUp = false;
        this.#hub.logKeeps(keptMs);
        this.#telemetry.epochStarted();
    }
    updated(environment, update, epoch) {
        if (epoch !== this.#epoch)
            return;
        this.#hub.take(environment, update, epoch);
        this.#repairs.delivered(environment, update);
        if (this.#isLive(update))
            this.#observeClocks(update);
    }
    caughtUp(epoch) {
        if (epoch !== this.#epoch)
            return;
        this.#caughtUp = true;
        this.#health.caughtUpWithLog();
        this.#logger.info('log_caught_up', { epoch });
        this.#pending.logIsBack();
        this.#repairs.logIsBack(epoch);
    }
    epochLost(epoch, reason) {
        if (epoch !== this.#epoch)
            return;
        this.#epoch = 0;
        this.#health.lostLog();
        this.#telemetry.epochLost(reason);
        this.#logger.warn('log_epoch_lost', { epoch, reason });
        this.#pending.logIsLost();
        this.#repairs.logIsLost();
    }
    /** Whether it was stored a moment ago: what a replay or a repair brings may be as old as the retention. */
    #isLive(update) {
        return this.#caughtUp && update.isRepair !== true;
    }
    #observeClocks(update) {
        this.#skew.observe(update.storedAtMs, {
            epochMs: this.#clock.epochMs(),
            monotonicMs: this.#clock.monotonicMs(),
        });
    }
}
//# sourceMappingURL=log-tail.js.map
import { pause } from "./ports/clock.js";
const STEP_MS = 50;
/**
 * The way out: no new clients by way of the load balancer, then none at all, then every stream ended properly, spread
 * over time. A peer that does not read has until the end; cutting it is the one unclean end, and it is counted.
 */
export class Drain {
    #options;
    #hub;
    #changes;
    #repeated;
    #pending;
    #repairs;
    #health;
    #listeners;
    #clock;
    #logger;
    constructor(options, parts, adapters) {
        this.#options = options;
        this.#hub = parts.hub;
        this.#changes = parts.changes;
        this.#repeated = parts.repeated;
        this.#pending = parts.pending;
        this.#repairs = parts.repairs;
        this.#health = parts.health;
        this.#listeners = parts.listeners;
        this.#clock = adapters.clock;
        this.#logger = adapters.logger;
    }
    async run() {
        const { waitMs, spreadMs } = this.#options;
        this.#health.drain();
        this.#repairs.stop();
        this.#logger.info('drain_started', { streams: this.#hub.subscribers, waitMs, spreadMs });
        await pause(this.#clock, waitMs);
        // In a turn of its own, right after the event loop has accepted whoever was waiting: a listener that closes resets
        // those that still wait.
        await new Promise((resolve) => this.#clock.nextTurn(resolve));
        for (const listener of this.#listeners)
            listener.stopListening();
        // The requests of those that were accepted last are on their way.
        await pause(this.#clock, STEP_MS);
        await this.#endStreams();
        this.#repeated.stop();
        await this.#answerChanges(this.#clock.monotonicMs() + this.#options.changeDeadlineMs);
        await this.#pending.stop();
        const cut = this.#cutTheRest();
        this.#logger.info('drain_done', { cut });
    }
    /**
     * No new clients, and every stream ended properly, in one turn. It is for a process that has crashed: whatever fails
     * on the way must not keep the rest from its end. It resolves in the next turn, because the crash may have come out
     * of a transport's own callback, in which its connections must not be closed.
     */
    endAtOnce() {
        for (const listener of this.#listeners)
            attempt(() => listener.stopListening());
        const nowMs = this.#clock.monotonicMs();
        for (const session of [...this.#hub.sessions()])
            attempt(() => session.end('drained', nowMs));
        return new Promise((resolve) => this.#clock.nextTurn(resolve));
    }
    async #endStreams() {
        const sessions = [...this.#hub.sessions()];
        const beganMs = this.#clock.monotonicMs();
        const endsMs = beganMs + this.#options.spreadMs;
        let ended = 0;
        while (this.#hub.subscribers > 0) {
            const nowMs = this.#clock.monotonicMs();
            const share = nowMs >= endsMs ? 1 : (nowMs - beganMs) / this.#options.spreadMs;
            const due = Math.ceil(sessions.length * share);
            for (; ended < due; ended++)
                sessions[ended]?.end('drained', nowMs);
            this.#hub.flushTally();
            if (nowMs >= endsMs)
                return;
            await pause(this.#clock, Math.min(STEP_MS, endsMs - nowMs));
        }
    }
    /**
     * Callers that announced a change before the listeners closed get an answer, also while the log is away. Changes that
     * are repeated just now get the same time.
     */
    async #answerChanges(untilMs) {
        while (this.#changes.inFlight > 0 && this.#clock.monotonicMs() <= untilMs)
            await pause(this.#clock, STEP_MS);
    }
    /** Streams that were opened since the drain began are ended here; peers that do not read are cut. */
    #cutTheRest() {
        const nowMs = this.#clock.monotonicMs();
        for (const session of [...this.#hub.sessions()])
            session.end('drained', nowMs);
        const congested = [...this.#hub.sessions()];
        for (const session of congested)
            session.giveUp(nowMs);
        return congested.length;
    }
}
function attempt(step) {
    try {
        step();
    }
    catch {
        // The crash before it is what is logged.
    }
}
//# sourceMappingURL=drain.js.map
import { parseEnvironmentId } from "../../domain/environment-id.js";
import { parseUpdatedAt } from "../../domain/updated-at.js";
/** Reading the embedded log takes a few turns of the event loop; beyond these something is broken. */
const READY_TURNS = 10_000;
/** How far the clock is stepped at a time while a service stops on it. */
const STOP_STEP_MS = 50;
/** The service behind `startHalyard`. */
export class StartedHalyard {
    url;
    token;
    #parts;
    #outage;
    /** The step that was asked for last. */
    #step = Promise.resolve();
    #stopped;
    constructor(url, token, parts) {
        this.url = url;
        this.token = token;
        this.#parts = parts;
    }
    async publish(environment, updatedAt) {
        this.#assertRunning('publish');
        const key = keyOf(environment);
        const time = parseUpdatedAt(updatedAt);
        if (typeof time !== 'string')
            throw new Error(`updatedAt ${time.invalid}: ${String(updatedAt)}`);
        return this.#parts.changes.change(key, time);
    }
    subscribers(environment) {
        const { hub } = this.#parts;
        return environment === undefined ? hub.subscribers : (hub.channels.get(keyOf(environment))?.sessions.size ?? 0);
    }
    async outage({ kind, ms }) {
        this.#assertRunning('outage');
        if (kind !== 'refuse' && kind !== 'hang')
            throw new Error(`kind must be refuse or hang, not ${String(kind)}`);
        if (ms !== undefined)
            assertDuration(ms);
        this.#outage?.end?.cancel();
        this.#parts.log.interrupt(kind);
        this.#outage = { end: ms === undefined ? undefined : this.#parts.clock.after(ms, () => this.#endOutage()) };
    }
    async restore() {
        this.#assertRunning('restore');
        this.#endOutage();
        await this.untilReady();
    }
    async advance(ms) {
        const { stepped } = this.#parts;
        if (stepped === undefined)
            throw new Error("advance needs a service that was started with clock: 'stepped'");
        this.#assertRunning('advance');
        assertDuration(ms);
        await this.#advance(stepped, ms);
    }
    stop() {
        return (this.#stopped ??= this.#stop());
    }
    /** Resolves when it follows its log, or when an outage keeps it from that. */
    async untilReady() {
        for (let turns = 0; !this.#parts.health.caughtUp && this.#outage === undefined; turns++) {
            if (turns === READY_TURNS)
                throw new Error('the service does not follow its log');
            await new Promise((resolve) => void setImmediate(resolve));
        }
    }
    #endOutage() {
        if (this.#outage === undefined)
            return;
        this.#outage.end?.cancel();
        this.#outage = undefined;
        this.#parts.log.restore();
    }
    /** One step after the other: two at a time would take the clock back. */
    #advance(clock, ms) {
        const step = this.#step.then(() => clock.advance(ms));
        this.#step = step.catch(() => undefined);
        return step;
    }
    async #stop() {
        const { service, stepped } = this.#parts;
        this.#outage?.end?.cancel();
        let isOver = false;
        const stopping = service.stop().finally(() => (isOver = true));
        // A drain takes time, and nobody else lets it pass now.
        if (stepped !== undefined)
            while (!isOver)
                await this.#advance(stepped, STOP_STEP_MS);
        await stopping;
    }
    #assertRunning(call) {
        if (this.#stopped !== undefined)
            throw new Error(`${call} was called after stop`);
    }
}
function keyOf(text) {
    const environment = parseEnvironmentId(text);
    if (environment === undefined)
        throw new Error(`an environment key is 1 to 100 of A-Z a-z 0-9 _ -, and "${text}" is none`);
    return environment;
}
function assertDuration(ms) {
    if (!(ms >= 0 && ms < Infinity))
        throw new Error(`ms must be a number of milliseconds from 0 on, not ${String(ms)}`);
}
//# sourceMappingURL=started-halyard.js.map
import { MemoryLog } from "../../adapters/memory/memory-log.js";
import { InstanceClock } from "./instance-clock.js";
/** The log refuses every append of it, for as long as a run lasts. */
export const REFUSED_ENVIRONMENT = 'refused';
/** A lost delivery is noticed by the next heartbeat at the latest. */
const GAP_NOTICED_MS = 3000;
/** As many deliveries may come a second time, and so much later. */
const REMEMBERED = 8;
const REMEMBERED_MS = 30_000;
/**
 * An instance's connection to the log, with a network in between that loses, repeats and delays. It is worse than the
 * port allows in two ways, against which the application guards itself all the same: deliveries come twice, and those
 * of an epoch that is over still come.
 */
export class SimulatedLog {
    /** Told of each append, before it meets any fault. */
    attempted = () => undefined;
    #log;
    #store;
    #clock;
    /** The faults' own timers, which go when the connection does. */
    #network;
    #follower;
    #reachable = true;
    /** Ends an append that has no answer yet. */
    #inFlight = new Set();
    #replaying = false;
    #holding = false;
    #held = [];
    #delivered = [];
    #loses = 0;
    #refusals = 0;
    #losesAnswers = 0;
    #slowMs = [];
    constructor(store, clock) {
        this.#store = store;
        this.#clock = clock;
        this.#network = new InstanceClock(clock);
        this.#log = new MemoryLog(store, clock);
    }
    append(environment, updatedAt, options) {
        this.attempted(environment, updatedAt, options);
        if (environment === REFUSED_ENVIRONMENT || this.#refusals > 0) {
            if (environment !== REFUSED_ENVIRONMENT)
                this.#refusals--;
            return new Promise((resolve) => this.#clock.nextTurn(() => resolve({ kind: 'unavailable', reason: 'refused at once' })));
        }
        if (!this.#reachable)
            return this.#log.append(environment, updatedAt, options);
        if (this.#losesAnswers > 0) {
            this.#losesAnswers--;
            return this.#appendBadly(environment, updatedAt, options, { afterMs: 0, answers: false });
        }
        const afterMs = this.#slowMs.shift();
        if (afterMs === undefined)
            return this.#log.append(environment, updatedAt, options);
        return this.#appendBadly(environment, updatedAt, options, { afterMs, answers: true });
    }
    follow(follower) {
        this.#follower = follower;
        this.#log.follow({
            epochStarted: (epoch, keptMs) => {
                this.#replaying = true;
                this.#pass(() => follower.epochStarted(epoch, keptMs));
            },
            updated: (environment, update, epoch) => this.#deliver([environment, update, epoch]),
            caughtUp: (epoch) => {
                this.#replaying = false;
                this.#pass(() => follower.caughtUp(epoch));
            },
            epochLost: (epoch, reason) => this.#pass(() => follower.epochLost(epoch, reason)),
        });
    }
    status() {
        return this.#log.status();
    }
    close() {
        this.#follower = undefined;
        this.#reachable = false;
        this.#network.die();
        for (const giveUp of this.#inFlight)
            giveUp();
        this.#held.length = 0;
        return this.#log.close();
    }
    interrupt() {
        this.#reachable = false;
        this.#log.interrupt();
    }
    restore() {
        this.#reachable = true;
        this.#log.restore();
    }
    rebuild() {
        this.#reachable = true;
        this.#log.rebuild();
    }
    loseAnswers(count) {
        this.#losesAnswers += count;
    }
    loseDeliveries(count) {
        this.#loses += count;
    }
    refuseAppends(count) {
        this.#refusals += count;
    }
    slowAppend(delayMs) {
        this.#slowMs.push(delayMs);
    }
    /** Delivers what was delivered of late again, in the same order and under the same epochs. */
    repeatDeliveries() {
        const horizonMs = this.#clock.epochMs() - REMEMBERED_MS;
        for (const [environment, update, epoch] of this.#delivered.filter(([, { storedAtMs }]) => storedAtMs > horizonMs))
            this.#pass(() => this.#follower?.updated(environment, update, epoch));
    }
    /** Delays everything that the log tells, for a while. */
    holdDeliveries(forMs) {
        if (this.#holding)
            return;
        this.#holding = true;
        this.#network.after(forMs, () => this.release());
    }
    release() {
        this.#holding = false;
        for (const pass of this.#held.splice(0))
            pass();
    }
    /** No fault is left waiting to happen. */
    heal() {
        this.#loses = 0;
        this.#refusals = 0;
        this.#losesAnswers = 0;
        this.#slowMs = [];
        this.release();
    }
    #deliver(delivery) {
        if (this.#loses > 0 && !this.#replaying) {
            this.#loses--;
            this.#network.after(GAP_NOTICED_MS, () => this.#log.rebuild());
            return;
        }
        this.#delivered.push(delivery);
        if (this.#delivered.length > REMEMBERED)
            this.#delivered.shift();
        this.#pass(() => this.#follower?.updated(...delivery));
    }
    #pass(tell) {
        if (this.#holding)
            this.#held.push(tell);
        else
            tell();
    }
    /** The append reaches the store late, or its answer does not arrive. */
    #appendBadly(environment, updatedAt, options, { afterMs, answers }) {
        return new Promise((resolve) => {
            const giveUp = () => {
                timeout.cancel();
                this.#inFlight.delete(giveUp);
                resolve({ kind: 'unavailable', reason: 'no answer' });
            };
            const timeout = this.#clock.after(options.timeoutMs, giveUp);
            this.#inFlight.add(giveUp);
            if (afterMs >= options.timeoutMs)
                return;
            this.#network.after(afterMs, () => {
                const outcome = this.#store.append(environment, updatedAt, options);
                if (!answers)
                    return;
                timeout.cancel();
                this.#inFlight.delete(giveUp);
                resolve(outcome);
            });
        });
    }
}
//# sourceMappingURL=simulated-log.js.map
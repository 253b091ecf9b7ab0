import { storedUpdate } from "../../domain/update.js";
/**
 * The store behind one or more memory logs: the last update of each environment, for the retention time. Instances
 * that share a store hear each other, as instances do that share a stream.
 */
export class MemoryStore {
    #clock;
    /** Undefined: an update is kept until a newer one takes its place. */
    retentionMs;
    /** In the order of their sequence: an update that replaces another goes to the end. */
    #messages = new Map();
    #logs = new Set();
    #sequence = 0;
    constructor(options, clock) {
        this.retentionMs = options.retentionMs;
        this.#clock = clock;
    }
    attach(log) {
        this.#logs.add(log);
    }
    detach(log) {
        this.#logs.delete(log);
    }
    append(environment, updatedAt, condition = {}) {
        this.#forgetExpired();
        const { expectedSequence, firstStoredAtMs } = condition;
        const last = this.#messages.get(environment)?.update;
        if (expectedSequence !== undefined && expectedSequence !== (last?.sequence ?? 0))
            return { kind: 'conflict', last };
        const takenAtMs = this.#clock.epochMs();
        const update = storedUpdate(++this.#sequence, updatedAt, takenAtMs, firstStoredAtMs);
        this.#messages.delete(environment);
        this.#messages.set(environment, { update, takenAtMs });
        for (const log of this.#logs)
            log.deliver(environment, update);
        return { kind: 'stored', sequence: update.sequence };
    }
    /** The last update of each environment, in log order. */
    replay() {
        this.#forgetExpired();
        return [...this.#messages].map(([environment, { update }]) => [environment, update]);
    }
    /** Forgets everything and begins at sequence 1 again, as a stream does that was deleted and made anew. */
    reset() {
        this.#messages.clear();
        this.#sequence = 0;
    }
    /** What puts the store back to how it is now, as an operator does who restores a backup. */
    backup() {
        const [messages, sequence] = [[...this.#messages], this.#sequence];
        return () => {
            this.#messages.clear();
            for (const [environment, message] of messages)
                this.#messages.set(environment, message);
            this.#sequence = sequence;
        };
    }
    /** The oldest come first, so this looks at one more than it forgets. */
    #forgetExpired() {
        if (this.retentionMs === undefined)
            return;
        const horizonMs = this.#clock.epochMs() - this.retentionMs;
        for (const [environment, { takenAtMs }] of this.#messages) {
            if (takenAtMs > horizonMs)
                return;
            this.#messages.delete(environment);
        }
    }
}
/**
 * The embedded log: everything the real one does, in memory. It delivers on turns of its own, because a delivery
 * inside the turn of an HTTP handler would make each of its writes cost four times as much.
 *
 * Outages are scripted by the methods at the end.
 */
export class MemoryLog {
    #store;
    #clock;
    #follower;
    #epoch = 0;
    #following = false;
    #reachable = true;
    #awayAppends = 'hang';
    #losesAnswers = 0;
    #losesDeliveries = 0;
    /** Ends an append that hangs while the log is away. */
    #hanging = new Set();
    constructor(store, clock) {
        this.#store = store;
        this.#clock = clock;
        store.attach(this);
    }
    append(environment, updatedAt, options) {
        if (!this.#reachable)
            return this.#awayAppends === 'hang'
                ? this.#hang(options.timeoutMs)
                : this.#answer({ kind: 'unavailable', reason: 'the log refuses' });
        const outcome = this.#store.append(environment, updatedAt, options);
        if (this.#losesAnswers === 0)
            return this.#answer(outcome);
        this.#losesAnswers--;
        return this.#hang(options.timeoutMs);
    }
    follow(follower) {
        this.#follower = follower;
        this.#clock.nextTurn(() => this.#beginEpoch());
    }
    status() {
        return { connected: this.#reachable, durable: false };
    }
    close() {
        this.#store.detach(this);
        this.#follower = undefined;
        this.#reachable = false;
        for (const end of this.#hanging)
            end();
        return Promise.resolve();
    }
    /** Called by the store: delivers an update to the follower, on a turn of its own. */
    deliver(environment, update) {
        if (!this.#following)
            return;
        if (this.#losesDeliveries > 0) {
            this.#losesDeliveries--;
            return;
        }
        const epoch = this.#epoch;
        this.#clock.nextTurn(() => {
            if (this.#following && epoch === this.#epoch)
                this.#follower?.updated(environment, update, epoch);
        });
    }
    /** The log cannot be reached: the epoch ends, and appends hang until their time-out or are refused at once. */
    interrupt(appends = 'hang') {
        this.#reachable = false;
        this.#awayAppends = appends;
        this.#endEpoch();
    }
    /** The log is back, and a new epoch begins. */
    restore() {
        this.#reachable = true;
        this.#clock.nextTurn(() => this.#beginEpoch());
    }
    /** The tail is dropped and rebuilt, as after a gap, with the log in reach all the while. */
    rebuild() {
        this.#endEpoch();
        this.restore();
    }
    /** The next appends are stored, but their answers do not arrive. */
    loseAnswers(count) {
        this.#losesAnswers += count;
    }
    /** The next deliveries do not arrive; only a new epoch can make up for them. */
    loseDeliveries(count) {
        this.#losesDeliveries += count;
    }
    #beginEpoch() {
        if (this.#following || !this.#reachable || this.#follower === undefined)
            return;
        const epoch = ++this.#epoch;
        this.#following = true;
        this.#follower.epochStarted(epoch, this.#store.retentionMs);
        for (const [environment, update] of this.#store.replay())
            this.#follower.updated(environment, update, epoch);
        this.#follower.caughtUp(epoch);
    }
    #endEpoch() {
        if (!this.#following)
            return;
        this.#following = false;
        this.#follower?.epochLost(this.#epoch, 'disconnected');
    }
    #answer(outcome) {
        return new Promise((resolve) => this.#clock.nextTurn(() => resolve(outcome)));
    }
    #hang(timeoutMs) {
        return new Promise((resolve) => {
            const ends = {};
            const end = () => {
                ends.timer?.cancel();
                this.#hanging.delete(end);
                resolve({ kind: 'unavailable', reason: 'the log does not answer' });
            };
            this.#hanging.add(end);
            ends.timer = this.#clock.after(timeoutMs, end);
        });
    }
}
//# sourceMappingURL=memory-log.js.map
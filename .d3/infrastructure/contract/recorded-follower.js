import { Patience } from "./patience.js";
/**
 * A follower that writes down every call of a log, waits for what is to come, and knows which order of calls is right.
 *
 * ```ts
 * const follower = new RecordedFollower();
 * log.follow(follower);
 * await follower.untilCaughtUp();
 * follower.checkOrder();
 * ```
 */
export class RecordedFollower {
    calls = [];
    #patience;
    constructor(patience = new Patience()) {
        this.#patience = patience;
    }
    epochStarted(epoch, keptMs) {
        this.calls.push({ kind: 'started', epoch, keptMs });
    }
    updated(environment, update, epoch) {
        this.calls.push({ kind: 'updated', environment, update, epoch });
    }
    caughtUp(epoch) {
        this.calls.push({ kind: 'caughtUp', epoch });
    }
    epochLost(epoch, reason) {
        this.calls.push({ kind: 'lost', epoch, reason });
    }
    updates(environment) {
        return this.calls.flatMap((call) => call.kind === 'updated' && call.environment === environment ? [call.update] : []);
    }
    /** The values of an environment's updates, in the order in which they came. */
    values(environment) {
        return this.updates(environment).map((update) => update.updatedAt);
    }
    get losses() {
        return this.calls.flatMap((call) => (call.kind === 'lost' ? [call.reason] : []));
    }
    get isCaughtUp() {
        const last = this.calls.findLast((call) => call.kind !== 'updated');
        return last?.kind === 'caughtUp';
    }
    untilCaughtUp() {
        return this.#patience.until('the follower is caught up', () => this.isCaughtUp);
    }
    untilLast(environment, value) {
        return this.#patience.until(() => `the last of ${environment} is ${value}; so far: ${this.values(environment).join()}`, () => this.values(environment).at(-1) === value);
    }
    /** @param reason undefined: whatever it was */
    untilLost(reason) {
        return this.#patience.until(`an epoch is lost${reason === undefined ? '' : `: ${reason}`}`, () => reason === undefined ? this.losses.length > 0 : this.losses.includes(reason));
    }
    /** @throws Error where the order of calls is not the port's */
    checkOrder() {
        let [epoch, state] = [0, 'none'];
        let sequence = -1;
        for (const call of this.calls) {
            const wrong = (why) => {
                throw new Error(`${why}: ${JSON.stringify(call)}`);
            };
            if (call.kind === 'started') {
                if (state !== 'none' || call.epoch <= epoch)
                    wrong('an epoch begins out of turn');
                [epoch, state, sequence] = [call.epoch, 'replaying', -1];
                continue;
            }
            if (call.epoch !== epoch || state === 'none')
                wrong('not of the epoch that is on');
            if (call.kind === 'updated' && call.update.sequence <= sequence)
                wrong('not in log order');
            if (call.kind === 'updated')
                sequence = call.update.sequence;
            if (call.kind === 'caughtUp' && state !== 'replaying')
                wrong('caught up twice');
            if (call.kind === 'caughtUp')
                state = 'caughtUp';
            if (call.kind === 'lost')
                state = 'none';
        }
    }
}
//# sourceMappingURL=recorded-follower.js.map
import { covers } from "../domain/register.js";
const REPEAT_AFTER_MS = 2000;
/** Beyond it a change is announced once only: a client that fetched too early has old flags until the next change. */
const MAX_WAITING = 10_000;
/**
 * Changes of a source that may announce one before its own caches have it. Each goes to the log once more, after a
 * while and with the same time, so that every instance sends it again: an SDK that fetched too early has flags that are
 * older than this time, and fetches again. An SDK that has the newest flags does nothing.
 *
 * A newer change of the environment takes the place of one that waits, so there is one timer an environment at most. One
 * of the same time is the same change, which two webhooks report: it is repeated soon in any case.
 */
export class RepeatedChanges {
    #changes;
    #clock;
    #waiting = new Map();
    #stopped = false;
    constructor(changes, clock) {
        this.#changes = changes;
        this.#clock = clock;
    }
    change(environment, updatedAt) {
        const before = this.#waiting.get(environment);
        if (before?.updatedAt === updatedAt && before.outcome !== undefined)
            return before.outcome;
        const outcome = this.#changes.change(environment, updatedAt);
        if (before !== undefined || this.#waiting.size < MAX_WAITING)
            this.#repeatLater(environment, updatedAt, outcome);
        return outcome;
    }
    /** Repeats at once what waits: too early is better than never. What is announced from now on is not repeated. */
    stop() {
        this.#stopped = true;
        for (const environment of [...this.#waiting.keys()])
            this.#repeat(environment);
    }
    /** The time begins again, and with the greater of the two, where webhooks come in another order than changes. */
    #repeatLater(environment, updatedAt, outcome) {
        if (this.#stopped)
            return;
        const timer = this.#clock.after(REPEAT_AFTER_MS, () => this.#repeat(environment));
        const before = this.#waiting.get(environment);
        before?.timer.cancel();
        if (before !== undefined && !covers(updatedAt, before.updatedAt, this.#clock.epochMs())) {
            before.timer = timer;
            return;
        }
        const waiting = { updatedAt, timer, outcome };
        this.#waiting.set(environment, waiting);
        void outcome.then((settled) => {
            if (settled === 'unavailable')
                waiting.outcome = undefined;
        });
    }
    #repeat(environment) {
        const waiting = this.#waiting.get(environment);
        if (waiting === undefined)
            return;
        this.#waiting.delete(environment);
        waiting.timer.cancel();
        // Nobody waits for the outcome: what is refused is kept.
        void this.#changes.change(environment, waiting.updatedAt);
    }
}
//# sourceMappingURL=repeated-changes.js.map
import { MemoryStore } from "../../adapters/memory/memory-log.js";
import { storedUpdate } from "../../domain/update.js";
import { ReferenceRegister } from "../support/memory/reference-register.js";
/** The store that the instances share, with a memory of everything that was ever stored in it. */
export class RecordedStore extends MemoryStore {
    #history = new Map();
    #worldClock;
    /** Told of each append, before the log's followers are. */
    appended = () => undefined;
    constructor(options, clock) {
        super(options, clock);
        this.#worldClock = clock;
    }
    history(environment) {
        let history = this.#history.get(environment);
        if (history === undefined)
            this.#history.set(environment, (history = new ReferenceRegister()));
        return history;
    }
    append(environment, updatedAt, condition = {}) {
        const outcome = super.append(environment, updatedAt, condition);
        if (outcome.kind === 'stored') {
            const nowMs = this.#worldClock.epochMs();
            const { expectedSequence, firstStoredAtMs } = condition;
            const history = this.history(environment);
            const update = storedUpdate(outcome.sequence, updatedAt, nowMs, firstStoredAtMs);
            history.take(update, nowMs);
            this.appended(environment, history.told.length - 1, expectedSequence !== undefined);
        }
        return outcome;
    }
}
//# sourceMappingURL=recorded-store.js.map
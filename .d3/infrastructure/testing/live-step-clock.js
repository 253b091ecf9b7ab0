import { StepClock } from "../../adapters/memory/step-clock.js";
/** Turns of the event loop in a row in which the service puts nothing off: it is at rest then. */
const QUIET_TURNS = 3;
/** Beyond it something puts itself off again and again, and time would never pass. */
const MAX_TURNS = 100_000;
/**
 * The clock of a service whose sockets are real and whose time is stepped. Timers run when `advance` comes to them,
 * each at its own time. What is put off to the next turn runs on the next turn of the real event loop, so that sockets
 * are read and written meanwhile.
 */
export class LiveStepClock extends StepClock {
    #putOff = 0;
    nextTurn(task) {
        this.#putOff++;
        setImmediate(() => {
            this.#putOff--;
            task();
        });
    }
    /** Lets the event loop turn until the service puts nothing off any more. */
    async settle() {
        for (let turns = 0, quiet = 0; quiet < QUIET_TURNS; turns++) {
            if (turns === MAX_TURNS)
                throw new Error('the service does not come to rest');
            await new Promise((resolve) => void setImmediate(resolve));
            quiet = this.#putOff === 0 ? quiet + 1 : 0;
        }
    }
}
//# sourceMappingURL=live-step-clock.js.map
import { StepClock } from '../../adapters/memory/step-clock.ts';

/** The service is idle after this many consecutive turns of the event loop in which it defers nothing. */
const QUIET_TURNS = 3;
/** Beyond it something defers itself for ever, and time would never pass. */
const MAX_TURNS = 100_000;

/**
 * The clock of a service whose sockets are real and whose time is stepped. Timers run when `advance` reaches them,
 * each at its own time. What is deferred to the next turn runs on the next turn of the real event loop, so that sockets
 * are read and written meanwhile.
 */
export class LiveStepClock extends StepClock {
  #putOff = 0;

  override nextTurn(task: () => void): void {
    this.#putOff++;
    setImmediate(() => {
      this.#putOff--;
      task();
    });
  }

  /** Lets the event loop turn until the service no longer defers anything. */
  override async settle(): Promise<void> {
    for (let turns = 0, quiet = 0; quiet < QUIET_TURNS; turns++) {
      if (turns === MAX_TURNS) throw new Error('the service does not come to rest');
      await new Promise<void>((resolve) => void setImmediate(resolve));
      quiet = this.#putOff === 0 ? quiet + 1 : 0;
    }
  }
}

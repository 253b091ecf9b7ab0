import { StepClock } from '../../../adapters/memory/step-clock.ts';
import type { Timer } from '../../../application/ports/clock.ts';

/** A stepped clock that knows which timers are set: neither run nor cancelled. */
export class WatchedClock extends StepClock {
  readonly set = new Set<object>();

  override after(delayMs: number, run: () => void): Timer {
    const key = {};
    this.set.add(key);
    const timer = super.after(delayMs, () => {
      this.set.delete(key);
      run();
    });
    return {
      cancel: () => {
        this.set.delete(key);
        timer.cancel();
      },
    };
  }
}

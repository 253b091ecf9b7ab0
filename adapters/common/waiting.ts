import type { Clock } from '../../application/ports/clock.ts';

/** Those who wait for a change or for time to pass, none of them beyond the end. Bounded by the appends in flight. */
export class Waiting {
  readonly #clock: Clock;
  readonly #wake = new Set<() => void>();
  #ended = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  hasEnded(): boolean {
    return this.#ended;
  }

  /** Until something changed, or `timeoutMs` have passed. */
  change(timeoutMs: number): Promise<void> {
    return this.#wait(timeoutMs, () => true);
  }

  /** Until `delayMs` have passed, whatever changes but the end. */
  pause(delayMs: number): Promise<void> {
    return this.#ended || delayMs <= 0 ? Promise.resolve() : this.#wait(delayMs, () => this.#ended);
  }

  changed(): void {
    for (const wake of [...this.#wake]) wake();
  }

  end(): void {
    this.#ended = true;
    this.changed();
  }

  #wait(timeoutMs: number, isOver: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        timer.cancel();
        this.#wake.delete(wake);
        resolve();
      };
      const wake = (): void => {
        if (isOver()) settle();
      };
      const timer = this.#clock.after(timeoutMs, settle);
      this.#wake.add(wake);
    });
  }
}

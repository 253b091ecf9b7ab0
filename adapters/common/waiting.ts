import type { Clock } from '../../application/ports/clock.ts';

/** Callers that wait for a change or for time to pass, at most until the end. Bounded by the appends in flight. */
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

  /** Waits until something changes or `timeoutMs` have passed. */
  change(timeoutMs: number): Promise<void> {
    return this.#wait(timeoutMs, () => true);
  }

  /** Waits until `delayMs` have passed; only the end cuts it short. */
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

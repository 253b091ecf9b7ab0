import type { Clock } from '../application/ports/clock.ts';

/** Longer than the primary waits for a worker that hangs. */
const WAIT_MS = 4000;

/** Answers of the primary that a worker waits for: one serves all waiting requests, and each gives up after a while. */
export class PrimaryAnswers<T> {
  readonly #clock: Clock;
  readonly #ask: () => void;
  #waiting: ((answer: T) => void)[] = [];

  constructor(clock: Clock, ask: () => void) {
    this.#clock = clock;
    this.#ask = ask;
  }

  next(): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(WAIT_MS, () => {
        this.#waiting = this.#waiting.filter((waiting) => waiting !== take);
        reject(new Error('the primary does not answer'));
      });
      const take = (answer: T): void => {
        timer.cancel();
        resolve(answer);
      };
      this.#waiting.push(take);
      // Also while others wait: the answer to them may be lost.
      this.#ask();
    });
  }

  take(answer: T): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const take of waiting) take(answer);
  }
}

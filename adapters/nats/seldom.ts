import type { Clock } from '../../application/ports/clock.ts';

/** Bounds the rate of one kind of log line: what NATS or a stranger can repeat a thousand times a second. */
export class Seldom {
  readonly #clock: Clock;
  readonly #everyMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;
  #kept = 0;

  constructor(clock: Clock, everyMs: number) {
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  /** Undefined: say nothing now. Otherwise how many times nothing was said since the last line. */
  due(): { readonly unmentioned: number } | undefined {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#lastMs < this.#everyMs) {
      this.#kept += 1;
      return undefined;
    }
    const unmentioned = this.#kept;
    this.#lastMs = nowMs;
    this.#kept = 0;
    return { unmentioned };
  }
}

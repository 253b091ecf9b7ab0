/** Of so many answers the nearest counts: one that was long on its way makes the clock seem slow. */
const KEPT = 8;

/**
 * The clock of the server by ours. It is never ahead of the server's own, for that one said its time before we had its
 * answer. A deadline by it may be early, by the time that an answer takes, and is not late.
 */
export class ServerClock {
  readonly #aheadMs: number[] = [];

  /**
   * @param serverMs what the server said, in milliseconds since 1970
   * @param monotonicMs when its answer came
   */
  observe(serverMs: number, monotonicMs: number): void {
    this.#aheadMs.push(serverMs - monotonicMs);
    if (this.#aheadMs.length > KEPT) this.#aheadMs.shift();
  }

  /** What the server's clock says at a moment of ours. NaN before the first observation. */
  at(monotonicMs: number): number {
    return this.#aheadMs.length === 0 ? NaN : monotonicMs + Math.max(...this.#aheadMs);
  }
}

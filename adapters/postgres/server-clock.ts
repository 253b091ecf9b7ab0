/** The best of this many answers counts: a slow answer makes the clock seem slow. */
const KEPT = 8;

/**
 * The clock of the server by ours. It is never ahead of the server's own, because the server read its clock before we
 * had the answer. A deadline by it may be early by the time of an answer, but is never late.
 */
export class ServerClock {
  readonly #aheadMs: number[] = [];

  /**
   * @param serverMs the server's reading, in milliseconds since 1970
   * @param monotonicMs when its answer came
   */
  observe(serverMs: number, monotonicMs: number): void {
    this.#aheadMs.push(serverMs - monotonicMs);
    if (this.#aheadMs.length > KEPT) this.#aheadMs.shift();
  }

  /** The server's time at a moment of our clock. NaN before the first observation. */
  at(monotonicMs: number): number {
    return this.#aheadMs.length === 0 ? NaN : monotonicMs + Math.max(...this.#aheadMs);
  }
}

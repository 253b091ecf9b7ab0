/** The number of tokens is a sum of fractions, and rounding may leave it just short of a whole one. */
const ROUNDING = 1e-6;

/**
 * Fills with `perSecond` tokens a second, and holds at most one second's worth (but at least one token). It begins
 * full.
 */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #capacity: number;
  #tokens: number;
  #filledMs: number;

  /**
   * @param perSecond greater than 0
   * @param nowMs the monotonic clock, here and below
   */
  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#capacity = Math.max(1, perSecond);
    this.#tokens = this.#capacity;
    this.#filledMs = nowMs;
  }

  /** The whole tokens that are available now. */
  available(nowMs: number): number {
    if (nowMs > this.#filledMs) {
      this.#tokens = Math.min(this.#capacity, this.#tokens + ((nowMs - this.#filledMs) * this.#perSecond) / 1000);
      this.#filledMs = nowMs;
    }
    return Math.floor(this.#tokens + ROUNDING);
  }

  /** @param count no more than are available */
  take(count: number): void {
    this.#tokens -= count;
  }

  /** When there will be a whole token. */
  nextTokenMs(): number {
    return this.#filledMs + (Math.max(0, 1 - this.#tokens) * 1000) / this.#perSecond;
  }
}

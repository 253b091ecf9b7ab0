import type { Instant } from '../domain/instant.ts';

/** Two of these are considered: the current one and the one before it, so half a minute to a whole minute. */
const WINDOW_MS = 30_000;

/**
 * How far our clock and the log's are apart, measured by updates that were stored a moment ago. Each shows the
 * difference of the clocks plus the time of its delivery. That time is never negative, so the smallest of many
 * differences is the most accurate, even if our clock is behind and it is negative.
 */
export class ClockSkew {
  #smallestMs = Infinity;
  #smallestBeforeMs = Infinity;
  #windowEndsMs = -Infinity;

  /** The distance in milliseconds, measured in the last minute that had updates; 0 before the first. */
  get ms(): number {
    const smallestMs = Math.min(this.#smallestMs, this.#smallestBeforeMs);
    return smallestMs === Infinity ? 0 : Math.abs(smallestMs);
  }

  /** @param storedAtMs when the log stored an update, by its own clock */
  observe(storedAtMs: number, now: Instant): void {
    const differenceMs = now.epochMs - storedAtMs;
    if (now.monotonicMs < this.#windowEndsMs) {
      if (differenceMs < this.#smallestMs) this.#smallestMs = differenceMs;
      return;
    }
    const isNext = now.monotonicMs < this.#windowEndsMs + WINDOW_MS;
    this.#smallestBeforeMs = isNext ? this.#smallestMs : Infinity;
    this.#smallestMs = differenceMs;
    this.#windowEndsMs = now.monotonicMs + WINDOW_MS;
  }
}

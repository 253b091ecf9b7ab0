/** One moment on both clocks, taken once for everything that happens in it. */
export interface Instant {
  /** Milliseconds since 1970: for comparison with timestamps of other machines. */
  readonly epochMs: number;
  /** Milliseconds since an arbitrary start: for durations. It never goes back. */
  readonly monotonicMs: number;
}

/** One moment on both clocks, taken once for everything that happens in it. */
export interface Instant {
    /** Milliseconds since 1970: to compare with the times that others stamp. */
    readonly epochMs: number;
    /** Milliseconds since some start, never going back: for durations. */
    readonly monotonicMs: number;
}

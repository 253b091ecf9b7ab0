import type { Instant } from '../domain/instant.ts';
/**
 * How far our clock and the log's are apart, by the updates that were stored a moment ago. What one of them shows is
 * the difference of the clocks and the time of its delivery. That time is never negative, so the smallest difference
 * of many is the truest, also where our clock is behind and it is below zero.
 */
export declare class ClockSkew {
    #private;
    /** The distance in milliseconds, by the last minute that had updates; 0 before the first. */
    get ms(): number;
    /** @param storedAtMs when the log took an update, by its own clock */
    observe(storedAtMs: number, now: Instant): void;
}

import type { Registry } from 'prom-client';
/**
 * How often the lag of the event loop is sampled, in milliseconds. At the library's ten, the samples alone take more
 * of a core than 15,000 idle streams may.
 */
export declare const LAG_SAMPLE_MS = 100;
/** Makes the samples lags: the library gives the time between two of them, which contains the pause that was meant. */
export declare function tellLagWithoutItsPause(registry: Registry): void;

import type { Clock } from '../application/ports/clock.ts';
import type { Logger } from '../application/ports/logger.ts';
/**
 * The primary's part in `/metricsz`: a scrape reaches one worker, and is to show all of them. One round at a time;
 * whoever asks during a round gets its page.
 *
 * The counts of a worker that hangs, or has ended, stay in the sum: one that shrank would look to Prometheus like a
 * restart, after which everything that the others ever counted had happened at once.
 */
export declare class MetricsGathering {
    #private;
    constructor(clock: Clock, logger: Logger);
    start(): void;
}

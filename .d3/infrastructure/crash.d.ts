import type { Logger } from '../application/ports/logger.ts';
/**
 * What nothing caught, an exception or a rejected promise, is a bug after which the process cannot be trusted. It is
 * logged, and the process ends with 1; but first it ends its streams, because some SDKs never come back after a
 * reset. A second crash meanwhile ends it at once.
 *
 * @param endStreams takes a bounded time
 */
export declare function endOnCrash(logger: Logger, endStreams: () => Promise<void>): void;
/** Whether the process is ending because it crashed: then nothing else decides when it ends, or with which code. */
export declare function hasCrashed(): boolean;

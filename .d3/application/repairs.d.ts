import type { EnvironmentId } from '../domain/environment-id.ts';
import type { Update } from '../domain/update.ts';
import type { Hub } from './hub.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { UpdateLog } from './ports/update-log.ts';
interface Adapters {
    readonly log: UpdateLog;
    readonly clock: Clock;
    /** Uniform in [0, 1). */
    readonly random: () => number;
    readonly logger: Logger;
    readonly telemetry: Telemetry;
}
/**
 * Puts back what the log has lost or never put last. The log holds the last update of an environment, and subscribers
 * are sent the greatest. When the two differ for a while, an instance that knows the greatest appends it again, on
 * condition that the log still holds what was seen there. So an instance that starts afterwards knows it, too.
 *
 * Only times that can be compared are put back, and only within their retention, which counts from the original.
 */
export declare class Repairs {
    #private;
    constructor(options: {
        readonly appendTimeoutMs: number;
    }, hub: Hub, adapters: Adapters);
    /**
     * The log has stored an update, as it said itself. If something smaller takes its place before it is delivered, this
     * instance may be the only one that knows of it.
     */
    acknowledged(environment: EnvironmentId, update: Update): void;
    /** The log has delivered an update, and the hub has taken it. */
    delivered(environment: EnvironmentId, update: Update): void;
    /** The replay of an epoch is complete, so what is not in the log now is known. */
    logIsBack(epoch: number): void;
    logIsLost(): void;
    /** A service that stops leaves repairs to the others. */
    stop(): void;
}
export {};

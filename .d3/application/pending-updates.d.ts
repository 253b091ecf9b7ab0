import type { EnvironmentId } from '../domain/environment-id.ts';
import type { UpdatedAt } from '../domain/updated-at.ts';
import type { Hub } from './hub.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { UpdateLog } from './ports/update-log.ts';
import type { Repairs } from './repairs.ts';
export interface PendingUpdatesOptions {
    readonly maxEnvironments: number;
    /** How long one late append may take, in milliseconds. */
    readonly appendTimeoutMs: number;
}
/** The state when an update was first tried: what came to the log after that is newer. */
export interface FirstTry {
    /** The environment's last sequence that this instance knew; 0 for none. The log may have been further already. */
    readonly sequence: number;
    readonly epochMs: number;
}
/**
 * Updates that were answered with 503, because the log was away: the greatest of each environment, to be appended when
 * it is back. The API may have tried again elsewhere meanwhile, so a late append is stored only if nothing newer was;
 * else it is dropped if what was stored covers it, and else tried once more after that.
 */
export declare class PendingUpdates {
    #private;
    constructor(options: PendingUpdatesOptions, parts: {
        readonly hub: Hub;
        readonly repairs: Repairs;
    }, adapters: {
        readonly log: UpdateLog;
        readonly clock: Clock;
        readonly logger: Logger;
        readonly telemetry: Telemetry;
    });
    get size(): number;
    /** The refused update of an environment that waits for the log. */
    kept(environment: EnvironmentId): UpdatedAt | undefined;
    /** Keeps a refused update. Beyond the bound it is counted and not kept: its caller was told 503 in any case. */
    keep(environment: EnvironmentId, updatedAt: UpdatedAt, firstTry: FirstTry): void;
    /** A newer update was stored: what it covers need not be appended any more. */
    superseded(environment: EnvironmentId, by: UpdatedAt): void;
    logIsBack(): void;
    logIsLost(): void;
    /** Tries once more what is kept, for as long as one append may take. What is left then is lost. */
    stop(): Promise<void>;
}

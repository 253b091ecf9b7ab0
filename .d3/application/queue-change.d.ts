import type { EnvironmentId } from '../domain/environment-id.ts';
import type { UpdatedAt } from '../domain/updated-at.ts';
import type { Hub } from './hub.ts';
import type { PendingUpdates } from './pending-updates.ts';
import type { Changes } from './ports/changes.ts';
import { type Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { UpdateLog } from './ports/update-log.ts';
import type { Repairs } from './repairs.ts';
/**
 * The use case of a change. At most one append is under way for an environment; what arrives meanwhile becomes one
 * append of the greatest of them, and all are answered when that one is stored. So a burst costs the log two appends.
 */
export declare class QueueChange implements Changes {
    #private;
    constructor(options: {
        readonly deadlineMs: number;
    }, parts: {
        readonly hub: Hub;
        readonly pending: PendingUpdates;
        readonly repairs: Repairs;
    }, adapters: {
        readonly log: UpdateLog;
        readonly clock: Clock;
        readonly logger: Logger;
        readonly telemetry: Telemetry;
    });
    /** The environments that have changes which are not answered yet. */
    get inFlight(): number;
    change(environment: EnvironmentId, updatedAt: UpdatedAt): Promise<'stored' | 'unavailable'>;
}

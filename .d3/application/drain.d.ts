import type { Health } from './health.ts';
import type { Hub } from './hub.ts';
import type { PendingUpdates } from './pending-updates.ts';
import { type Clock } from './ports/clock.ts';
import type { HttpListener } from './ports/http-listener.ts';
import type { Logger } from './ports/logger.ts';
import type { QueueChange } from './queue-change.ts';
import type { Repairs } from './repairs.ts';
import type { RepeatedChanges } from './repeated-changes.ts';
export interface DrainOptions {
    /** How long new streams are still taken after `/readyz` has turned: load balancers need a while to notice. */
    readonly waitMs: number;
    /** Over how long the streams are ended: their clients come back elsewhere at this pace. */
    readonly spreadMs: number;
    /** The longest that a change may wait for the log: so long the drain waits for its answer. */
    readonly changeDeadlineMs: number;
}
/**
 * The way out: no new clients by way of the load balancer, then none at all, then every stream ended properly, spread
 * over time. A peer that does not read has until the end; cutting it is the one unclean end, and it is counted.
 */
export declare class Drain {
    #private;
    constructor(options: DrainOptions, parts: {
        readonly hub: Hub;
        readonly changes: QueueChange;
        readonly repeated: RepeatedChanges;
        readonly pending: PendingUpdates;
        readonly repairs: Repairs;
        readonly health: Health;
        readonly listeners: readonly HttpListener[];
    }, adapters: {
        readonly clock: Clock;
        readonly logger: Logger;
    });
    run(): Promise<void>;
    /**
     * No new clients, and every stream ended properly, in one turn. It is for a process that has crashed: whatever fails
     * on the way must not keep the rest from its end. It resolves in the next turn, because the crash may have come out
     * of a transport's own callback, in which its connections must not be closed.
     */
    endAtOnce(): Promise<void>;
}

import type { Hub } from './hub.ts';
import type { Clock } from './ports/clock.ts';
import type { HealthReport, UnreadyReason } from './ports/health-report.ts';
/** Knows whether this instance should get new clients. */
export declare class Health implements HealthReport {
    #private;
    constructor(maxSubscribers: number, hub: Hub, clock: Clock);
    get caughtUp(): boolean;
    caughtUpWithLog(): void;
    lostLog(): void;
    drain(): void;
    unready(): UnreadyReason | undefined;
}

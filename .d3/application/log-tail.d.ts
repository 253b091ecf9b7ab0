import type { EnvironmentId } from '../domain/environment-id.ts';
import type { Update } from '../domain/update.ts';
import type { Health } from './health.ts';
import type { Hub } from './hub.ts';
import type { PendingUpdates } from './pending-updates.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { LogFollower } from './ports/update-log.ts';
import type { Repairs } from './repairs.ts';
/** Where the log's tail enters the application: updates go to the hub, and only those of the epoch that is on. */
export declare class LogTail implements LogFollower {
    #private;
    constructor(parts: {
        readonly hub: Hub;
        readonly health: Health;
        readonly pending: PendingUpdates;
        readonly repairs: Repairs;
    }, adapters: {
        readonly clock: Clock;
        readonly logger: Logger;
        readonly telemetry: Telemetry;
    });
    /** The epoch that is followed; 0 for none. */
    get epoch(): number;
    /** How far our clock and the log's are apart, as far as updates have shown. */
    get clockSkewMs(): number;
    epochStarted(epoch: number, keptMs: number | undefined): void;
    updated(environment: EnvironmentId, update: Update, epoch: number): void;
    caughtUp(epoch: number): void;
    epochLost(epoch: number, reason: string): void;
}

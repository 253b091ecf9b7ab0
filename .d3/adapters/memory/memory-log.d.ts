import type { Clock } from '../../application/ports/clock.ts';
import type { AppendOptions, AppendOutcome, LogFollower, LogStatus, UpdateLog } from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import { type Update } from '../../domain/update.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
/**
 * The store behind one or more memory logs: the last update of each environment, for the retention time. Instances
 * that share a store hear each other, as instances do that share a stream.
 */
export declare class MemoryStore {
    #private;
    /** Undefined: an update is kept until a newer one takes its place. */
    readonly retentionMs: number | undefined;
    constructor(options: {
        readonly retentionMs: number | undefined;
    }, clock: Clock);
    attach(log: MemoryLog): void;
    detach(log: MemoryLog): void;
    append(environment: EnvironmentId, updatedAt: UpdatedAt, condition?: AppendCondition): AppendOutcome;
    /** The last update of each environment, in log order. */
    replay(): readonly (readonly [EnvironmentId, Update])[];
    /** Forgets everything and begins at sequence 1 again, as a stream does that was deleted and made anew. */
    reset(): void;
    /** What puts the store back to how it is now, as an operator does who restores a backup. */
    backup(): () => void;
}
/** What becomes of appends while the log cannot be reached. */
export type AwayAppends = 'hang' | 'refuse';
/** What an append says of the message that it replaces, and of the one that it repeats. */
export type AppendCondition = Pick<AppendOptions, 'expectedSequence' | 'firstStoredAtMs'>;
/**
 * The embedded log: everything the real one does, in memory. It delivers on turns of its own, because a delivery
 * inside the turn of an HTTP handler would make each of its writes cost four times as much.
 *
 * Outages are scripted by the methods at the end.
 */
export declare class MemoryLog implements UpdateLog {
    #private;
    constructor(store: MemoryStore, clock: Clock);
    append(environment: EnvironmentId, updatedAt: UpdatedAt, options: AppendOptions): Promise<AppendOutcome>;
    follow(follower: LogFollower): void;
    status(): LogStatus;
    close(): Promise<void>;
    /** Called by the store: delivers an update to the follower, on a turn of its own. */
    deliver(environment: EnvironmentId, update: Update): void;
    /** The log cannot be reached: the epoch ends, and appends hang until their time-out or are refused at once. */
    interrupt(appends?: AwayAppends): void;
    /** The log is back, and a new epoch begins. */
    restore(): void;
    /** The tail is dropped and rebuilt, as after a gap, with the log in reach all the while. */
    rebuild(): void;
    /** The next appends are stored, but their answers do not arrive. */
    loseAnswers(count: number): void;
    /** The next deliveries do not arrive; only a new epoch can make up for them. */
    loseDeliveries(count: number): void;
}

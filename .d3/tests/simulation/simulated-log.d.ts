import { type MemoryStore } from '../../adapters/memory/memory-log.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { AppendOptions, AppendOutcome, LogFollower, LogStatus, UpdateLog } from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { UpdatedAt } from '../../domain/updated-at.ts';
/** The log refuses every append of it, for as long as a run lasts. */
export declare const REFUSED_ENVIRONMENT: EnvironmentId;
/**
 * An instance's connection to the log, with a network in between that loses, repeats and delays. It is worse than the
 * port allows in two ways, against which the application guards itself all the same: deliveries come twice, and those
 * of an epoch that is over still come.
 */
export declare class SimulatedLog implements UpdateLog {
    #private;
    /** Told of each append, before it meets any fault. */
    attempted: (environment: EnvironmentId, updatedAt: UpdatedAt, options: AppendOptions) => void;
    constructor(store: MemoryStore, clock: Clock);
    append(environment: EnvironmentId, updatedAt: UpdatedAt, options: AppendOptions): Promise<AppendOutcome>;
    follow(follower: LogFollower): void;
    status(): LogStatus;
    close(): Promise<void>;
    interrupt(): void;
    restore(): void;
    rebuild(): void;
    loseAnswers(count: number): void;
    loseDeliveries(count: number): void;
    refuseAppends(count: number): void;
    slowAppend(delayMs: number): void;
    /** Delivers what was delivered of late again, in the same order and under the same epochs. */
    repeatDeliveries(): void;
    /** Delays everything that the log tells, for a while. */
    holdDeliveries(forMs: number): void;
    release(): void;
    /** No fault is left waiting to happen. */
    heal(): void;
}

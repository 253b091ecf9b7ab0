import type { LogFollower } from '../../application/ports/update-log.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { Update } from '../../domain/update.ts';
import { Patience } from './patience.ts';
export type FollowerCall = {
    readonly kind: 'started';
    readonly epoch: number;
    readonly keptMs: number | undefined;
} | {
    readonly kind: 'updated';
    readonly environment: EnvironmentId;
    readonly update: Update;
    readonly epoch: number;
} | {
    readonly kind: 'caughtUp';
    readonly epoch: number;
} | {
    readonly kind: 'lost';
    readonly epoch: number;
    readonly reason: string;
};
/**
 * A follower that writes down every call of a log, waits for what is to come, and knows which order of calls is right.
 *
 * ```ts
 * const follower = new RecordedFollower();
 * log.follow(follower);
 * await follower.untilCaughtUp();
 * follower.checkOrder();
 * ```
 */
export declare class RecordedFollower implements LogFollower {
    #private;
    readonly calls: FollowerCall[];
    constructor(patience?: Patience);
    epochStarted(epoch: number, keptMs: number | undefined): void;
    updated(environment: EnvironmentId, update: Update, epoch: number): void;
    caughtUp(epoch: number): void;
    epochLost(epoch: number, reason: string): void;
    updates(environment: EnvironmentId): readonly Update[];
    /** The values of an environment's updates, in the order in which they came. */
    values(environment: EnvironmentId): readonly string[];
    get losses(): readonly string[];
    get isCaughtUp(): boolean;
    untilCaughtUp(): Promise<void>;
    untilLast(environment: EnvironmentId, value: string): Promise<void>;
    /** @param reason undefined: whatever it was */
    untilLost(reason?: string): Promise<void>;
    /** @throws Error where the order of calls is not the port's */
    checkOrder(): void;
}

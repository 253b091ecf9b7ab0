import { type JetStreamManager } from '@nats-io/jetstream';
import { type NatsConnection } from '@nats-io/transport-node';
import type { Clock } from '../../application/ports/clock.ts';
import type { SkipReason } from '../../application/ports/telemetry.ts';
import type { LogFollower } from '../../application/ports/update-log.ts';
import type { NatsLoss } from './nats-labels.ts';
import type { UpdateStream } from './update-stream.ts';
export interface EpochContext {
    readonly connection: NatsConnection;
    readonly manager: JetStreamManager;
    readonly stream: UpdateStream;
    readonly follower: LogFollower;
    readonly epoch: number;
    readonly clock: Clock;
    readonly skipped: (reason: SkipReason, subject: string) => void;
}
/** How an epoch ended, with the error when JetStream refused to begin it. */
export interface EpochEnd {
    readonly reason: NatsLoss;
    readonly error?: unknown;
}
/**
 * One epoch: an ephemeral push consumer that begins with the last message of each subject. Nothing in it is ever
 * mended. Whatever makes it doubtful ends it, and the next one reads the last messages again, which cannot miss what
 * a sequence number to go on from would miss: a store that was rolled back, or a stream that was made anew.
 */
export declare class TailEpoch {
    #private;
    constructor(context: EpochContext);
    /** Runs until the epoch is lost or stopped; the follower has been told by then. */
    run(): Promise<EpochEnd>;
    /** The connection is gone, and the consumer's subscription with it. */
    disconnected(): void;
    /** Ends it without a word to the follower. */
    stop(): void;
}

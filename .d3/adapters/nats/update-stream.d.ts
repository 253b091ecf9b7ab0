import { type JetStreamManager } from '@nats-io/jetstream';
/** The stream that holds the updates, as it is, which may not be as we would have made it. */
export interface UpdateStream {
    readonly name: string;
    /** What to follow in it. */
    readonly filter: string;
    readonly inMemory: boolean;
    /** How long it keeps an update; undefined: without a limit of time. */
    readonly keptMs: number | undefined;
    /** On how many nodes of a cluster it is. */
    readonly replicas: number;
    /** A follower that has received this sequence is caught up. */
    readonly lastSequence: number;
    /** `setting: wanted, is`, in words for the log. Empty when the stream is as we would have made it. */
    readonly differences: readonly string[];
}
export interface StreamOptions {
    readonly stream: string;
    readonly replicas: number;
    readonly retentionMs: number;
}
/**
 * Finds the stream, or creates it where there is none. A stream that covers our subject is adopted whatever its name
 * and settings: an operator or an older deployment made it so, and it is theirs to change. It is never changed or
 * deleted here.
 *
 * @throws what JetStream says, or that the name is taken by a stream of something else
 */
export declare function findOrCreateStream(manager: JetStreamManager, options: StreamOptions): Promise<UpdateStream>;
/** Whether every subject that `filter` matches is also matched by `pattern`. */
export declare function covers(pattern: string, filter: string): boolean;

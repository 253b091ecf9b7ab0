import { type ChannelState } from './environment-channel.machine.ts';
import type { EnvironmentId } from './environment-id.ts';
import type { EventEncoder } from './event-encoder.ts';
import type { Instant } from './instant.ts';
import { type SessionChannel, type SessionTerms, SubscriberSession } from './subscriber-session.ts';
import type { Frame, SubscriberSocket } from './subscriber-socket.ts';
import { type Update } from './update.ts';
import type { WriteTally } from './write-tally.ts';
/** What a channel needs of the hub that holds it. */
export interface ChannelHost {
    /** The longest that an update is shown to joiners. */
    readonly retentionMs: number;
    readonly tally: WriteTally;
    /** Asks for `spread` to be called soon, on a turn of its own. */
    requestSlice(channel: EnvironmentChannel): void;
    passEnded(channel: EnvironmentChannel): void;
    /** An encoder threw. */
    encodingFailed(update: Update, error: unknown): void;
    /** The socket of one of its sessions threw. */
    streamFailed(channel: EnvironmentChannel, error: unknown): void;
    sessionLeft(session: SubscriberSession): void;
    /** The last session left. */
    emptied(channel: EnvironmentChannel): void;
}
export interface Joining extends SessionTerms {
    /** The id of the last event that the client has received, where that may spare it the register. */
    readonly resumeFrom?: string | undefined;
}
/**
 * The actor of one environment. It owns the register (what a joiner hears) and the roster (who is here); nobody else
 * keeps either.
 *
 * An update reaches the roster in a rolling pass of slices. The roster is a Set because its iterator is just what a
 * pass needs: sessions that leave are not visited, and ones that join are, without a cursor that a removal could move.
 */
export declare class EnvironmentChannel implements SessionChannel {
    #private;
    readonly environment: EnvironmentId;
    constructor(environment: EnvironmentId, host: ChannelHost);
    get state(): ChannelState;
    get version(): number;
    get tally(): WriteTally;
    get latest(): Update | undefined;
    get epoch(): number;
    /** When the latest came, on the monotonic clock. */
    get updatedMs(): number;
    get sessions(): ReadonlySet<SubscriberSession>;
    /** The update that a subscriber who joins now hears: what is past its retention is not shown any more. */
    newest(epochMs: number): Update | undefined;
    /** Whether the log has delivered an update, or one that stands for it for at least as long. */
    hasTaken(update: Update, epochMs: number): boolean;
    /** Takes a subscriber in and writes it the register. What its head carried counts as heard. */
    join(socket: SubscriberSocket, joining: Joining, now: Instant): SubscriberSession;
    streamFailed(error: unknown): void;
    leave(session: SubscriberSession): void;
    /**
     * Takes what the log tells, and recognises what it has told before: within an epoch the sequence grows, and a new
     * epoch begins with a replay, in which only the same sequence with the same value is the same update (the stream
     * may have been made again, or its store rolled back). A repair of what the register holds takes its place there, and
     * is sent to nobody; nor is one whose original has expired.
     *
     * @returns whether it was news
     */
    take(update: Update, epoch: number, now: Instant): boolean;
    /**
     * Visits up to `limit` sessions of the pass. One bad socket never ends it.
     *
     * @returns `done` when every session has been visited since the newest update, `more` when a slice was asked for
     */
    spread(limit: number, nowMs: number): 'more' | 'done';
    /** Undefined also for an update that cannot be encoded: it is skipped, and its sessions receive the next one. */
    frameAfter(version: number, encoder: EventEncoder): Frame | undefined;
}

import { type SessionState } from './subscriber-session.machine.ts';
import type { EventEncoder } from './event-encoder.ts';
import type { Frame, SubscriberSocket } from './subscriber-socket.ts';
import type { WriteTally } from './write-tally.ts';
/** What a session asks of the channel that it belongs to. */
export interface SessionChannel {
    /** Counts the updates that the channel has taken: a session that has heard as many is up to date. */
    readonly version: number;
    readonly tally: WriteTally;
    /** What a session is sent next that has received the first `version` updates, or less. */
    frameAfter(version: number, encoder: EventEncoder): Frame | undefined;
    /** The session's socket threw. */
    streamFailed(error: unknown): void;
    leave(session: SubscriberSession): void;
}
export type CloseReason = 'client' | 'age' | 'drained' | 'congested' | 'failed';
export interface SweepLimits {
    readonly keepAliveMs: number;
    /** How long a peer may not read before its connection is closed. */
    readonly congestedMs: number;
}
/** What a session is given when it joins. */
export interface SessionTerms {
    /** The dialect that the client reads. */
    readonly encoder: EventEncoder;
    /** When the stream has reached its age, on the monotonic clock; Infinity for never. */
    readonly endsAtMs: number;
    /** Called once, when the session has left its channel, in whatever way it ended. */
    readonly onLeft?: (() => void) | undefined;
}
/**
 * The actor of one subscriber. Its states and what it does in them are in the machine; here is its data, which is the
 * same few numbers whatever its peer does.
 */
export declare class SubscriberSession {
    #private;
    /**
     * @param heard the channel's version that the stream's head stands for
     */
    constructor(socket: SubscriberSocket, channel: SessionChannel, heard: number, nowMs: number, { encoder, endsAtMs, onLeft }: SessionTerms);
    get state(): SessionState;
    get closeReason(): CloseReason;
    /** Whether its peer is not reading. */
    get isCongested(): boolean;
    get isBehind(): boolean;
    /** The channel passes by: the session hears what it has not heard yet, if it can. */
    update(nowMs: number): void;
    /** The peer took everything that was written. */
    drained(nowMs: number): void;
    end(reason: 'age' | 'drained', nowMs: number): void;
    giveUp(nowMs: number): void;
    gone(nowMs: number): void;
    /**
     * Whatever time has made due: the stream's end, a keep-alive, giving up.
     *
     * @returns whether anything was
     */
    sweep(nowMs: number, limits: SweepLimits): boolean;
}

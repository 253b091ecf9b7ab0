import { type SessionChannel, SubscriberSession, type SweepLimits } from '../../domain/subscriber-session.ts';
import { type SessionEffect, type SessionEvent, type SessionState } from '../../domain/subscriber-session.machine.ts';
import { WriteTally } from '../../domain/write-tally.ts';
import { type MachinePath } from './machine-paths.ts';
import { RecordingSocket } from './recording-socket.ts';
export interface SessionPath extends MachinePath<SessionState, SessionEvent, SessionEffect> {
    /** A new session with a recording socket, which has gone the way: it is in the state, and has nothing recorded. */
    drive(): DrivenSession;
}
/**
 * Every event in every state of a subscriber's session, for a test of each over the real actor.
 *
 * ```ts
 * for (const path of sessionPaths())
 *   it(path.title, () => {
 *     const driven = path.drive();
 *     driven.cause(path.event);
 *     assert.equal(driven.session.state, path.next);
 *     if (path.isIgnored) assert.deepEqual(driven.effects(), []);
 *   });
 * ```
 *
 * @throws Error where a state cannot be reached: there are never fewer paths than states times events
 */
export declare function sessionPaths(): readonly SessionPath[];
/** A channel of one session, whose frames say what they stand for. */
declare class LoneChannel implements SessionChannel {
    version: number;
    readonly tally: WriteTally;
    readonly left: SubscriberSession[];
    /** What the socket threw. */
    readonly failures: unknown[];
    streamFailed(error: unknown): void;
    frameAfter(version: number): string;
    leave(session: SubscriberSession): void;
}
/** A real session on a recording socket, driven by its machine's events, through what really causes each of them. */
export declare class DrivenSession {
    static readonly limits: SweepLimits;
    readonly socket: RecordingSocket;
    readonly channel: LoneChannel;
    readonly session: SubscriberSession;
    /** The monotonic clock. */
    nowMs: number;
    /** @param endsAtMs when the stream has reached its age */
    constructor(endsAtMs?: number);
    /**
     * Everything that was done to the outside since the last time: the calls of the socket, and `leave` for the
     * channel. `frame 1..3` is the frame for who has received the first of three updates.
     */
    effects(): string[];
    cause(event: SessionEvent): void;
}
export {};

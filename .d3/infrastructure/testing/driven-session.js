import { SubscriberSession } from "../../domain/subscriber-session.js";
import { sessionMachine, sessionTable, } from "../../domain/subscriber-session.machine.js";
import { WriteTally } from "../../domain/write-tally.js";
import { machinePaths } from "./machine-paths.js";
import { RecordingEncoder } from "./recording-encoder.js";
import { RecordingSocket } from "./recording-socket.js";
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
export function sessionPaths() {
    return machinePaths(sessionMachine, sessionTable).map((path) => ({
        ...path,
        drive: () => {
            const driven = new DrivenSession();
            for (const event of path.way)
                driven.cause(event);
            driven.effects();
            return driven;
        },
    }));
}
/** A channel of one session, whose frames say what they stand for. */
class LoneChannel {
    version = 0;
    tally = new WriteTally();
    left = [];
    /** What the socket threw. */
    failures = [];
    streamFailed(error) {
        this.failures.push(error);
    }
    frameAfter(version) {
        return `frame ${version}..${this.version}`;
    }
    leave(session) {
        this.left.push(session);
    }
}
/** A real session on a recording socket, driven by its machine's events, through what really causes each of them. */
export class DrivenSession {
    static limits = { keepAliveMs: 15_000, congestedMs: 60_000 };
    socket = new RecordingSocket();
    channel = new LoneChannel();
    session;
    /** The monotonic clock. */
    nowMs = 0;
    /** @param endsAtMs when the stream has reached its age */
    constructor(endsAtMs = Infinity) {
        this.session = new SubscriberSession(this.socket, this.channel, 0, 0, {
            encoder: new RecordingEncoder(),
            endsAtMs,
        });
    }
    /**
     * Everything that was done to the outside since the last time: the calls of the socket, and `leave` for the
     * channel. `frame 1..3` is the frame for who has received the first of three updates.
     */
    effects() {
        return [...this.socket.take(), ...this.channel.left.splice(0).map(() => 'leave')];
    }
    cause(event) {
        const { session, socket, channel } = this;
        const { keepAliveMs, congestedMs } = DrivenSession.limits;
        switch (event) {
            case 'update':
                channel.version++;
                return session.update(this.nowMs);
            case 'keepAliveDue':
                this.nowMs += keepAliveMs;
                session.sweep(this.nowMs, DrivenSession.limits);
                return;
            case 'congested':
                socket.answers = 'congested';
                channel.version++;
                session.update(this.nowMs);
                socket.answers = 'sent';
                return;
            case 'drainedBehind':
                channel.version++;
                return session.drained(this.nowMs);
            case 'drainedCurrent':
                return session.drained(this.nowMs);
            case 'end':
                return session.end('drained', this.nowMs);
            case 'giveUp':
                this.nowMs += congestedMs;
                return session.giveUp(this.nowMs);
            case 'gone':
                return session.gone(this.nowMs);
            case 'failed':
                // Something is due in every state, and each call throws, the one that closes the socket as well.
                socket.answers = 'throw';
                this.nowMs += keepAliveMs;
                session.sweep(this.nowMs, DrivenSession.limits);
                return;
        }
    }
}
//# sourceMappingURL=driven-session.js.map
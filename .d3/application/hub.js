import { EnvironmentChannel } from "../domain/environment-channel.js";
import { WriteTally } from "../domain/write-tally.js";
import { thrown } from "./thrown.js";
/**
 * A slice is about a millisecond of writing: as long as a health check or a POST has to wait for a pass. A POST takes
 * several turns (to the log, back, and its answer), so with long slices a busy environment would hold up every change.
 * With fewer sessions in a turn changes of many small environments would come in faster than they go out.
 */
export const DEFAULT_SLICES = { sessions: 100, turnSessions: 500 };
/**
 * Where updates from the log meet the subscribers. It owns the map of channels, and gives every channel that has
 * something to tell its turn: a slice of sessions at a time, with a turn of the event loop between its slices.
 */
export class Hub {
    #ownRetentionMs;
    #retentionMs;
    slices;
    tally = new WriteTally();
    #channels = new Map();
    #clock;
    #logger;
    #telemetry;
    /** Channels that asked for a slice, in the order in which they asked, and each once. */
    #waiting = new Set();
    #turnRequested = false;
    /** When each pass under way began, on the monotonic clock. */
    #passes = new Map();
    #subscribers = 0;
    constructor(options, adapters) {
        this.#ownRetentionMs = options.retentionMs;
        this.#retentionMs = options.retentionMs;
        this.slices = options.slices;
        this.#clock = adapters.clock;
        this.#logger = adapters.logger;
        this.#telemetry = adapters.telemetry;
    }
    /** The smaller of our own and the log's. */
    get retentionMs() {
        return this.#retentionMs;
    }
    /**
     * What the log has dropped is unknown to an instance that starts then, so none shows it to joiners any more, and all
     * of them answer alike. Undefined: the log drops nothing for its age.
     */
    logKeeps(keptMs) {
        this.#retentionMs = Math.min(this.#ownRetentionMs, keptMs ?? Number.POSITIVE_INFINITY);
    }
    get subscribers() {
        return this.#subscribers;
    }
    /** How many channels are being spread. */
    get passes() {
        return this.#passes.size;
    }
    get channels() {
        return this.#channels;
    }
    /** Every session, while sessions come and go: none that stays is passed over. */
    *sessions() {
        for (const channel of this.#channels.values())
            yield* channel.sessions;
    }
    join(environment, socket, joining) {
        let channel = this.#channels.get(environment);
        if (channel === undefined) {
            channel = new EnvironmentChannel(environment, this);
            this.#channels.set(environment, channel);
        }
        this.#subscribers++;
        this.#telemetry.streamOpened();
        const session = channel.join(socket, joining, this.#now());
        this.flushTally();
        return session;
    }
    /** Takes an update that the log told. Sessions that are here hear it even when it is past its retention. */
    take(environment, update, epoch) {
        const now = this.#now();
        let channel = this.#channels.get(environment);
        if (channel === undefined) {
            if (update.storedAtMs <= now.epochMs - this.retentionMs)
                return;
            channel = new EnvironmentChannel(environment, this);
            this.#channels.set(environment, channel);
        }
        channel.take(update, epoch, now);
    }
    /** The last update in log order that this instance has seen. */
    latest(environment) {
        return this.#channels.get(environment)?.latest;
    }
    /** What a subscriber who joins now hears. */
    newest(environment) {
        return this.#channels.get(environment)?.newest(this.#clock.epochMs());
    }
    /** Lets go of a channel that has no sessions and nothing to show. */
    dropIfSpent(channel) {
        if (channel.state === 'empty' && channel.newest(this.#clock.epochMs()) === undefined)
            this.#channels.delete(channel.environment);
    }
    /** Passes on what was written since the last time. */
    flushTally() {
        const { updates, keepAlives, failedUpdates, failedKeepAlives } = this.tally;
        if (updates > 0)
            this.#telemetry.wrote('data', updates);
        if (keepAlives > 0)
            this.#telemetry.wrote('keepalive', keepAlives);
        if (failedUpdates > 0)
            this.#telemetry.writeFailed('data', failedUpdates);
        if (failedKeepAlives > 0)
            this.#telemetry.writeFailed('keepalive', failedKeepAlives);
        this.tally.reset();
    }
    /** A bug in an encoder costs its update, and not the streams: they receive the next one. */
    encodingFailed(update, error) {
        this.#logger.error('update_not_encoded', { updatedAt: update.updatedAt, ...thrown(error) });
    }
    streamFailed(channel, error) {
        this.#logger.error('stream_failed', { environment: channel.environment, ...thrown(error) });
    }
    requestSlice(channel) {
        if (!this.#passes.has(channel))
            this.#passes.set(channel, this.#clock.monotonicMs());
        this.#waiting.add(channel);
        this.#requestTurn();
    }
    passEnded(channel) {
        const beganMs = this.#passes.get(channel);
        this.#passes.delete(channel);
        if (beganMs !== undefined)
            this.#telemetry.passFinished(this.#clock.monotonicMs() - beganMs);
    }
    sessionLeft(session) {
        this.#subscribers--;
        this.#telemetry.streamClosed(session.closeReason);
    }
    emptied(channel) {
        this.dropIfSpent(channel);
    }
    #requestTurn() {
        if (this.#turnRequested)
            return;
        this.#turnRequested = true;
        this.#clock.nextTurn(() => this.#takeTurn());
    }
    /** A slice for each channel that waits, as far as a turn goes. */
    #takeTurn() {
        this.#turnRequested = false;
        const nowMs = this.#clock.monotonicMs();
        let sessionsLeft = this.slices.turnSessions;
        // One that asks again during the turn is behind all of these: its next slice is for another turn.
        let asked = this.#waiting.size;
        for (const channel of this.#waiting) {
            if (asked-- === 0 || sessionsLeft <= 0)
                break;
            this.#waiting.delete(channel);
            const visits = Math.min(this.slices.sessions, sessionsLeft, channel.sessions.size + 1);
            channel.spread(visits, nowMs);
            sessionsLeft -= visits;
            if (this.tally.updates > 0)
                this.#telemetry.delivered(this.tally.updates, this.#clock.monotonicMs() - channel.updatedMs);
            this.flushTally();
        }
        if (this.#waiting.size > 0)
            this.#requestTurn();
    }
    #now() {
        return { epochMs: this.#clock.epochMs(), monotonicMs: this.#clock.monotonicMs() };
    }
}
//# sourceMappingURL=hub.js.map
import { channelTable } from "./environment-channel.machine.js";
import { EMPTY_REGISTER, expire, hasTaken, holds, merge, newest, withRepair } from "./register.js";
import { SubscriberSession } from "./subscriber-session.js";
import { eventId } from "./update.js";
/**
 * The actor of one environment. It owns the register (what a joiner hears) and the roster (who is here); nobody else
 * keeps either.
 *
 * An update reaches the roster in a rolling pass of slices. The roster is a Set because its iterator is just what a
 * pass needs: sessions that leave are not visited, and ones that join are, without a cursor that a removal could move.
 */
export class EnvironmentChannel {
    environment;
    #host;
    #state = channelTable.initial;
    #roster = new Set();
    #register = EMPTY_REGISTER;
    /** The last update in log order, a repair included: it distinguishes a replay from news. */
    #latest;
    /** The last update in log order that was news: what an up-to-date session is sent next. */
    #news;
    /** The epoch of the log in which the latest was last seen. */
    #epoch = 0;
    #version = 0;
    #updatedMs = 0;
    /** What was encoded since the last news: that, and updates of the register, in each dialect that is in use. */
    #encoded = [];
    /** The round of the pass under way: whom it has still to visit, and the version that it began with. */
    #round;
    constructor(environment, host) {
        this.environment = environment;
        this.#host = host;
    }
    get state() {
        return this.#state;
    }
    get version() {
        return this.#version;
    }
    get tally() {
        return this.#host.tally;
    }
    get latest() {
        return this.#latest;
    }
    get epoch() {
        return this.#epoch;
    }
    /** When the latest came, on the monotonic clock. */
    get updatedMs() {
        return this.#updatedMs;
    }
    get sessions() {
        return this.#roster;
    }
    /** The update that a subscriber who joins now hears: what is past its retention is not shown any more. */
    newest(epochMs) {
        this.#register = expire(this.#register, epochMs - this.#host.retentionMs);
        return newest(this.#register);
    }
    /** Whether the log has delivered an update, or one that stands for it for at least as long. */
    hasTaken(update, epochMs) {
        return hasTaken(this.#register, update, epochMs);
    }
    /** Takes a subscriber in and writes it the register. What its head carried counts as heard. */
    join(socket, joining, now) {
        const known = this.newest(now.epochMs);
        const tell = known !== undefined && eventId(known) !== joining.resumeFrom;
        const session = new SubscriberSession(socket, this, tell ? -1 : this.#version, now.monotonicMs, joining);
        this.#roster.add(session);
        this.#handle('joined');
        session.update(now.monotonicMs);
        return session;
    }
    streamFailed(error) {
        this.#host.streamFailed(this, error);
    }
    leave(session) {
        if (!this.#roster.delete(session))
            return;
        this.#host.sessionLeft(session);
        this.#handle(this.#roster.size === 0 ? 'lastLeft' : 'left');
    }
    /**
     * Takes what the log tells, and recognises what it has told before: within an epoch the sequence grows, and a new
     * epoch begins with a replay, in which only the same sequence with the same value is the same update (the stream
     * may have been made again, or its store rolled back). A repair of what the register holds takes its place there, and
     * is sent to nobody; nor is one whose original has expired.
     *
     * @returns whether it was news
     */
    take(update, epoch, now) {
        if (this.#latest !== undefined) {
            if (epoch === this.#epoch && update.sequence <= this.#latest.sequence)
                return false;
            this.#epoch = epoch;
            if (eventId(update) === eventId(this.#latest))
                return false;
        }
        this.#epoch = epoch;
        this.#latest = update;
        const horizonMs = now.epochMs - this.#host.retentionMs;
        const shown = expire(this.#register, horizonMs);
        // Recognised by its mark, never by its value alone: two real changes can carry the same time.
        if (update.isRepair === true && (holds(shown, update.updatedAt) || update.storedAtMs <= horizonMs)) {
            this.#register = withRepair(shown, update);
            return false;
        }
        this.#register = merge(shown, update, now.epochMs);
        this.#news = update;
        this.#encoded.length = 0;
        this.#version++;
        this.#updatedMs = now.monotonicMs;
        this.#handle('updated');
        return true;
    }
    /**
     * Visits up to `limit` sessions of the pass. One bad socket never ends it.
     *
     * @returns `done` when every session has been visited since the newest update, `more` when a slice was asked for
     */
    spread(limit, nowMs) {
        for (let visited = 0; visited < limit && this.#round !== undefined; visited++) {
            const next = this.#round.left.next();
            if (next.done !== true)
                next.value.update(nowMs);
            else if (this.#round.version === this.#version)
                this.#handle('passDone');
            else
                this.#beginRound();
        }
        if (this.#round === undefined)
            return 'done';
        this.#handle('sliceDone');
        return 'more';
    }
    /** Undefined also for an update that cannot be encoded: it is skipped, and its sessions receive the next one. */
    frameAfter(version, encoder) {
        if (this.#news === undefined)
            return undefined;
        const owed = version === this.#version - 1 ? this.#news : (newest(this.#register) ?? this.#news);
        for (const encoded of this.#encoded)
            if (encoded.update === owed && encoded.encoder === encoder)
                return encoded.frame;
        const frame = this.#encode(owed, encoder);
        this.#encoded.push({ update: owed, encoder, frame });
        return frame;
    }
    #encode(update, encoder) {
        try {
            return encoder.encode(update);
        }
        catch (error) {
            this.#host.encodingFailed(update, error);
            return undefined;
        }
    }
    #beginRound() {
        this.#round = { left: this.#roster.values(), version: this.#version };
    }
    #handle(event) {
        const step = channelTable.steps[this.#state][event];
        if (step === undefined)
            return;
        this.#state = step.next;
        for (const effect of step.effects) {
            switch (effect) {
                case 'beginPass':
                    this.#beginRound();
                    break;
                case 'requestSlice':
                    this.#host.requestSlice(this);
                    break;
                case 'endPass':
                    this.#round = undefined;
                    this.#host.passEnded(this);
                    break;
                case 'reportEmpty':
                    this.#host.emptied(this);
                    break;
            }
        }
    }
}
//# sourceMappingURL=environment-channel.js.map
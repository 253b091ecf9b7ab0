import { sessionTable, } from "./subscriber-session.machine.js";
/**
 * The actor of one subscriber. Its states and what it does in them are in the machine; here is its data, which is the
 * same few numbers whatever its peer does.
 */
export class SubscriberSession {
    #state = sessionTable.initial;
    #socket;
    #channel;
    /** How many of the channel's updates it has heard, or something that stands for them. */
    #heard;
    #lastByteMs;
    #congestedSinceMs = 0;
    #encoder;
    #endsAtMs;
    #onLeft;
    #closeReason = 'client';
    /** What the effects that are running have met; it is handled after them. */
    #report;
    #acting = false;
    /**
     * @param heard the channel's version that the stream's head stands for
     */
    constructor(socket, channel, heard, nowMs, { encoder, endsAtMs, onLeft }) {
        this.#socket = socket;
        this.#channel = channel;
        this.#heard = heard;
        this.#lastByteMs = nowMs;
        this.#encoder = encoder;
        this.#endsAtMs = endsAtMs;
        this.#onLeft = onLeft;
    }
    get state() {
        return this.#state;
    }
    get closeReason() {
        return this.#closeReason;
    }
    /** Whether its peer is not reading. */
    get isCongested() {
        return this.#state === 'congested' || this.#state === 'ending';
    }
    get isBehind() {
        return this.#heard !== this.#channel.version;
    }
    /** The channel passes by: the session hears what it has not heard yet, if it can. */
    update(nowMs) {
        if (this.isBehind)
            this.#handle('update', nowMs);
    }
    /** The peer took everything that was written. */
    drained(nowMs) {
        this.#handle(this.isBehind ? 'drainedBehind' : 'drainedCurrent', nowMs);
    }
    end(reason, nowMs) {
        if (this.#state === 'streaming' || this.#state === 'congested')
            this.#closeReason = reason;
        this.#handle('end', nowMs);
    }
    giveUp(nowMs) {
        if (this.#state !== 'closed')
            this.#closeReason = 'congested';
        this.#handle('giveUp', nowMs);
    }
    gone(nowMs) {
        if (this.#state !== 'closed')
            this.#closeReason = 'client';
        this.#handle('gone', nowMs);
    }
    /**
     * Whatever time has made due: the stream's end, a keep-alive, giving up.
     *
     * @returns whether anything was
     */
    sweep(nowMs, limits) {
        if (nowMs >= this.#endsAtMs)
            this.end('age', nowMs);
        else if (this.#state === 'streaming' && nowMs - this.#lastByteMs < limits.keepAliveMs)
            return false;
        if (this.isCongested && nowMs - this.#congestedSinceMs >= limits.congestedMs)
            this.giveUp(nowMs);
        else
            this.#handle('keepAliveDue', nowMs);
        return true;
    }
    #handle(event, nowMs) {
        if (this.#acting) {
            // A socket that reports from inside a write: its event waits for the effects to end, like their own reports.
            if (event === 'gone' || event === 'congested')
                this.#report = event;
            return;
        }
        let next = event;
        while (next !== undefined) {
            const step = sessionTable.steps[this.#state][next];
            if (step === undefined)
                return;
            this.#state = step.next;
            this.#acting = true;
            try {
                for (const effect of step.effects)
                    this.#perform(effect, nowMs);
            }
            finally {
                this.#acting = false;
            }
            next = this.#report;
            this.#report = undefined;
        }
    }
    #perform(effect, nowMs) {
        switch (effect) {
            case 'writeUpdate':
                return this.#writeUpdate(nowMs);
            case 'writeKeepAlive':
                return this.#write('keepalive', nowMs);
            case 'noteCongestion':
                this.#congestedSinceMs = nowMs;
                return;
            case 'rearmSocket':
                return void this.#call('rearm');
            case 'endSocket':
                // The session is closed already, and takes no event any more: it must not leave an open stream behind.
                if (!this.#call('end'))
                    this.#call('close');
                return;
            case 'closeSocket':
                return void this.#call('close');
            case 'leaveChannel':
                this.#channel.leave(this);
                return this.#onLeft?.();
        }
    }
    #writeUpdate(nowMs) {
        const frame = this.#channel.frameAfter(this.#heard, this.#encoder);
        this.#heard = this.#channel.version;
        if (frame !== undefined)
            this.#write('data', nowMs, frame);
    }
    #write(message, nowMs, frame) {
        let outcome;
        try {
            outcome = frame === undefined ? this.#socket.writeKeepAlive() : this.#socket.write(frame);
        }
        catch (error) {
            return this.#fail(error);
        }
        this.#channel.tally.count(message, outcome);
        if (outcome === 'closed')
            this.#report = 'gone';
        else
            this.#lastByteMs = nowMs;
        if (outcome === 'congested')
            this.#report ??= 'congested';
    }
    /** @returns whether the socket did not throw */
    #call(method) {
        try {
            this.#socket[method]();
            return true;
        }
        catch (error) {
            this.#fail(error);
            return false;
        }
    }
    /** Its stream is closed, lest it stays open with nobody to write to it, and the others go on. */
    #fail(error) {
        this.#closeReason = 'failed';
        this.#report = 'failed';
        this.#channel.streamFailed(error);
    }
}
//# sourceMappingURL=subscriber-session.js.map
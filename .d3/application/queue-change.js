import { covers, supersedes } from "../domain/register.js";
import { pause } from "./ports/clock.js";
import { thrown } from "./thrown.js";
/** Before a log that refuses at once is asked again, within the callers' deadline. */
const RETRY_MS = 50;
/**
 * Less than this is no time for another try. Timers fire up to a millisecond early, so a try that timed out leaves a
 * moment of the deadline over: what is published in it is answered too late for everybody.
 */
const LAST_MOMENT_MS = 2;
/**
 * The use case of a change. At most one append is under way for an environment; what arrives meanwhile becomes one
 * append of the greatest of them, and all are answered when that one is stored. So a burst costs the log two appends.
 */
export class QueueChange {
    #deadlineMs;
    #hub;
    #pending;
    #repairs;
    #log;
    #clock;
    #logger;
    #telemetry;
    /** Who waits, for each environment that has an append under way. */
    #lanes = new Map();
    constructor(options, parts, adapters) {
        this.#deadlineMs = options.deadlineMs;
        this.#hub = parts.hub;
        this.#pending = parts.pending;
        this.#repairs = parts.repairs;
        this.#log = adapters.log;
        this.#clock = adapters.clock;
        this.#logger = adapters.logger;
        this.#telemetry = adapters.telemetry;
    }
    /** The environments that have changes which are not answered yet. */
    get inFlight() {
        return this.#lanes.size;
    }
    change(environment, updatedAt) {
        return new Promise((settle) => {
            const deadlineMs = this.#clock.monotonicMs() + this.#deadlineMs;
            const waiter = { updatedAt, deadlineMs, firstTry: undefined, settle };
            const lane = this.#lanes.get(environment);
            if (lane !== undefined) {
                lane.push(waiter);
                return;
            }
            this.#lanes.set(environment, [waiter]);
            void this.#serve(environment);
        });
    }
    async #serve(environment) {
        let batch = [];
        try {
            for (;;) {
                batch = this.#lanes.get(environment) ?? [];
                const oldest = batch[0];
                if (oldest === undefined)
                    break;
                this.#lanes.set(environment, []);
                await this.#try(environment, batch, oldest.deadlineMs);
            }
            this.#lanes.delete(environment);
        }
        catch (error) {
            this.#logger.error('change_failed', { environment, ...thrown(error) });
            this.#giveUp(environment, batch);
        }
    }
    async #try(environment, batch, deadlineMs) {
        const updatedAt = this.#greatest(batch);
        // A second try must not undo what others stored since the first: it says which update it would replace.
        const expectedSequence = batch.find((waiter) => waiter.firstTry !== undefined)?.firstTry?.sequence;
        const thisTry = this.#thisTry(environment);
        for (const waiter of batch)
            waiter.firstTry ??= thisTry;
        // The oldest caller's deadline bounds the append, so that one that hangs does not hold up the lane.
        const timeoutMs = Math.max(1, deadlineMs - this.#clock.monotonicMs());
        const condition = expectedSequence === undefined ? {} : { expectedSequence };
        const outcome = await this.#log.append(environment, updatedAt, { timeoutMs, ...condition });
        if (outcome.kind === 'stored')
            this.#stored(environment, batch, { updatedAt, sequence: outcome.sequence, storedAtMs: thisTry.epochMs });
        else if (outcome.kind === 'conflict')
            await this.#overtaken(environment, batch, outcome.last);
        else
            await this.#refused(environment, batch);
    }
    /**
     * A bug must not cost a caller its answer, nor the environment its lane. The updates are kept as refused ones are:
     * whether they were stored is not known.
     */
    #giveUp(environment, batch) {
        const unanswered = [...batch, ...(this.#lanes.get(environment) ?? [])];
        this.#lanes.delete(environment);
        // Settling is without effect for those of the batch that have their answer.
        for (const { settle } of unanswered)
            settle('unavailable');
        const thisTry = this.#thisTry(environment);
        for (const { updatedAt, firstTry = thisTry } of unanswered)
            this.#pending.keep(environment, updatedAt, firstTry);
    }
    #thisTry(environment) {
        return { sequence: this.#hub.latest(environment)?.sequence ?? 0, epochMs: this.#clock.epochMs() };
    }
    #stored(environment, batch, update) {
        if (batch.length > 1)
            this.#telemetry.changesMerged(batch.length - 1);
        this.#repairs.acknowledged(environment, update);
        this.#pending.superseded(environment, update.updatedAt);
        for (const { settle } of batch)
            settle('stored');
    }
    /** Callers whose update is superseded by the one in the log are answered `stored`. The rest is tried again. */
    async #overtaken(environment, batch, last) {
        const nowMs = this.#clock.epochMs();
        const rest = [];
        if (last !== undefined)
            this.#repairs.acknowledged(environment, last);
        for (const waiter of batch) {
            const { firstTry } = waiter;
            const isSuperseded = last !== undefined &&
                firstTry !== undefined &&
                supersedes(last, waiter.updatedAt, firstTry.epochMs, this.#hub.retentionMs, nowMs);
            if (isSuperseded) {
                waiter.settle('stored');
            }
            else {
                if (firstTry !== undefined)
                    waiter.firstTry = { ...firstTry, sequence: last?.sequence ?? 0 };
                rest.push(waiter);
            }
        }
        await this.#refused(environment, rest);
    }
    /** Those whose time is up get their answer; the others wait for the next try. */
    async #refused(environment, batch) {
        let still = this.#answerDue(environment, batch);
        const oldest = still[0];
        if (oldest === undefined)
            return;
        await pause(this.#clock, Math.min(RETRY_MS, oldest.deadlineMs - this.#clock.monotonicMs()));
        still = this.#answerDue(environment, still);
        this.#lanes.set(environment, [...still, ...(this.#lanes.get(environment) ?? [])]);
    }
    /** Refuses those whose time is up, and keeps their updates. Returns the others. */
    #answerDue(environment, batch) {
        const dueMs = this.#clock.monotonicMs() + LAST_MOMENT_MS;
        for (const waiter of batch) {
            if (waiter.deadlineMs >= dueMs)
                continue;
            if (waiter.firstTry !== undefined)
                this.#pending.keep(environment, waiter.updatedAt, waiter.firstTry);
            waiter.settle('unavailable');
        }
        return batch.filter((waiter) => waiter.deadlineMs >= dueMs);
    }
    #greatest(batch) {
        const nowMs = this.#clock.epochMs();
        return batch.map((waiter) => waiter.updatedAt).reduce((kept, later) => (covers(later, kept, nowMs) ? later : kept));
    }
}
//# sourceMappingURL=queue-change.js.map
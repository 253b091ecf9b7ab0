import { MemoryTelemetry } from "../../adapters/memory/memory-telemetry.js";
import { eventId } from "../../domain/update.js";
import { composeService, TOKENS } from "../../infrastructure/container.js";
import { ReferenceRegister } from "../support/memory/reference-register.js";
import { InstanceClock } from "./instance-clock.js";
import { SimulatedLog } from "./simulated-log.js";
/** The service survives some of its bugs, and logs them as errors: here nothing may. */
const LOGGER = {
    debug() { },
    info() { },
    warn() { },
    error(event, fields) {
        throw new Error(`${event}: ${JSON.stringify(fields)}`);
    },
};
/** Where an instance takes streams and changes, and whether it does. */
class Door {
    ports = [];
    open = false;
    closed = false;
    listen() {
        this.open = true;
        return Promise.resolve();
    }
    stopListening() {
        this.open = false;
    }
    close() {
        this.closed = true;
        return Promise.resolve();
    }
}
/** A whole service of the real parts, composed by the real container; only the edges are simulated. */
export class Instance {
    clock;
    log;
    telemetry = new MemoryTelemetry();
    door = new Door();
    parts;
    /** What it was told of each environment, without what it was told before. */
    #told = new Map();
    #lastEpoch = new Map();
    #report;
    #retentionMs;
    #epoch = 0;
    #caughtUp = false;
    constructor(config, world, store, random, report) {
        this.#report = report;
        this.#retentionMs = config.retentionMs;
        this.clock = new InstanceClock(world);
        this.log = new SimulatedLog(store, this.clock);
        const container = composeService(config);
        const rebind = (token, adapter) => {
            container.unbind(token);
            container.bind(token).toConstantValue(adapter);
        };
        rebind(TOKENS.clock, this.clock);
        rebind(TOKENS.random, random);
        rebind(TOKENS.slices, config.slices);
        rebind(TOKENS.logger, LOGGER);
        rebind(TOKENS.telemetry, this.telemetry);
        rebind(TOKENS.log, this.log);
        rebind(TOKENS.listeners, [this.door]);
        const follow = this.log.follow.bind(this.log);
        this.log.follow = (follower) => follow(this.#overhear(follower));
        this.parts = {
            hub: container.get(TOKENS.hub),
            pending: container.get(TOKENS.pending),
            repairs: container.get(TOKENS.repairs),
            changes: container.get(TOKENS.changes),
            streams: container.get(TOKENS.streams),
            health: container.get(TOKENS.health),
            service: container.get(TOKENS.service),
        };
    }
    get caughtUp() {
        return this.#caughtUp;
    }
    told(environment) {
        let told = this.#told.get(environment);
        if (told === undefined)
            this.#told.set(environment, (told = new ReferenceRegister()));
        return told;
    }
    /** Nothing of it runs on, and nobody hears of it again. */
    crash() {
        this.clock.die();
        void this.log.close();
    }
    #overhear(follower) {
        return {
            epochStarted: (epoch, keptMs) => {
                this.#report(`epoch ${epoch} starts`);
                this.#epoch = epoch;
                follower.epochStarted(epoch, keptMs);
            },
            updated: (environment, update, epoch) => {
                this.#report(`is told ${environment} ${eventId(update)} of epoch ${epoch}`);
                if (epoch === this.#epoch)
                    this.#takeNews(environment, update);
                follower.updated(environment, update, epoch);
            },
            caughtUp: (epoch) => {
                this.#caughtUp = true;
                follower.caughtUp(epoch);
            },
            epochLost: (epoch, reason) => {
                this.#report(`epoch ${epoch} is lost`);
                this.#epoch = 0;
                this.#caughtUp = false;
                follower.epochLost(epoch, reason);
            },
        };
    }
    /** News is what grows within an epoch, and what differs from the last in a new one. */
    #takeNews(environment, update) {
        const told = this.told(environment);
        const { last } = told;
        const isNewEpoch = this.#lastEpoch.get(environment) !== this.#epoch;
        this.#lastEpoch.set(environment, this.#epoch);
        const isNews = isNewEpoch
            ? last === undefined || eventId(update) !== eventId(last)
            : last === undefined || update.sequence > last.sequence;
        if (!isNews)
            return;
        const nowMs = this.clock.epochMs();
        if (update.isRepair !== true || !told.takeRepair(update, nowMs - this.#retentionMs))
            told.take(update, nowMs);
    }
}
//# sourceMappingURL=instance.js.map
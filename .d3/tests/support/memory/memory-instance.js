import { MemorySocket } from "../../../adapters/memory/memory-socket.js";
import { MemoryTelemetry } from "../../../adapters/memory/memory-telemetry.js";
import { StepClock } from "../../../adapters/memory/step-clock.js";
import { parseEnvironmentId } from "../../../domain/environment-id.js";
import { parseUpdatedAt } from "../../../domain/updated-at.js";
import { readConfig } from "../../../infrastructure/config.js";
import { TOKENS } from "../../../infrastructure/container.js";
import { RecordingEncoder } from "../../../infrastructure/testing/recording-encoder.js";
import { embedService } from "../../../infrastructure/testing/embedded-service.js";
import { RecordedLogger } from "./recorded-logger.js";
import { TOKEN } from "../servers/running-service.js";
export function env(key) {
    return parseEnvironmentId(key);
}
export function time(value) {
    return parseUpdatedAt(value);
}
/** A whole instance in memory, on a clock that is stepped: no sockets, no timers, nothing that waits. */
export class MemoryInstance {
    clock;
    store;
    log;
    telemetry = new MemoryTelemetry();
    encoder = new RecordingEncoder();
    logger = new RecordedLogger();
    container;
    /** @param shared what another instance has, to be on one log with it */
    constructor(environment = {}, shared) {
        const config = readConfig({ UPDATE_LOG: 'memory', SSE_AUTHENTICATION_TOKEN: TOKEN, ...environment }, 20_000);
        this.clock = shared?.clock ?? new StepClock();
        const { container, log, store } = embedService(config, this.clock, shared?.store);
        this.store = store;
        this.log = log;
        this.container = container;
        this.container.rebind(TOKENS.telemetry).toConstantValue(this.telemetry);
        this.container.rebind(TOKENS.logger).toConstantValue(this.logger);
        this.container.rebind(TOKENS.listeners).toConstantValue([]);
    }
    get hub() {
        return this.container.get(TOKENS.hub);
    }
    /** Starts it, and lets it read the log. */
    async start() {
        await this.container.get(TOKENS.service).start();
        await this.clock.settle();
        return this;
    }
    /** Drains it; time has to pass meanwhile. */
    stop() {
        return this.container.get(TOKENS.service).stop();
    }
    subscribe(key, lastEventId = '', address = '') {
        const socket = new MemorySocket();
        const client = { encoder: this.encoder, userAgent: '', lastEventId, address };
        const stream = this.container.get(TOKENS.streams).open(env(key), client, () => socket);
        if (typeof stream === 'string')
            throw new Error(`there is no room: ${stream}`);
        return new MemorySubscriber(socket, stream);
    }
    publish(key, value) {
        return this.container.get(TOKENS.changes).change(env(key), time(value));
    }
    /** What the store holds last of each environment, as an instance that starts now reads it. */
    get stored() {
        return new Map(this.store.replay());
    }
    /** Publishes, and lets it reach everybody. */
    async published(key, value) {
        const outcome = this.publish(key, value);
        await this.clock.settle();
        return outcome;
    }
}
export class MemorySubscriber {
    socket;
    stream;
    constructor(socket, stream) {
        this.socket = socket;
        this.stream = stream;
    }
    /** The times that were written to it, in order. */
    get heard() {
        return this.socket.frames.map((frame) => /"updated_at":([^}]*)\}/.exec(frame)?.[1] ?? '');
    }
    readOn() {
        this.socket.readOn();
        this.stream.drained();
    }
    vanish() {
        this.socket.vanish();
        this.stream.gone();
    }
}
//# sourceMappingURL=memory-instance.js.map
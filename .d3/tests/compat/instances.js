import { MemoryLog, MemoryStore } from "../../adapters/memory/memory-log.js";
import { SystemClock } from "../../adapters/system/system-clock.js";
import { TOKENS } from "../../infrastructure/container.js";
import { startService } from "../support/servers/running-service.js";
/** Instances that share a log, as they share JetStream. */
export class Instances {
    #clock = new SystemClock();
    store = new MemoryStore({ retentionMs: 3_600_000 }, this.#clock);
    #started = [];
    async start(environment = {}) {
        const log = new MemoryLog(this.store, this.#clock);
        const service = await startService(environment, (container) => {
            container.rebind(TOKENS.log).toConstantValue(log);
            // The least of every random time: a second to `retry:`, and the lower end of each age rule.
            container.rebind(TOKENS.random).toConstantValue(() => 0);
        });
        const instance = Object.assign(Object.create(service), { log });
        this.#started.push(instance);
        return instance;
    }
    async stop() {
        for (const instance of this.#started)
            await instance.stop();
    }
}
//# sourceMappingURL=instances.js.map
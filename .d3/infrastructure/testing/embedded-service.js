import { MemoryLog, MemoryStore } from "../../adapters/memory/memory-log.js";
import { composeService, TOKENS } from "../container.js";
/** @param store another instance's, to be on one log with it */
export function embedService(config, clock, store = new MemoryStore(config, clock)) {
    const log = new MemoryLog(store, clock);
    const container = composeService(config);
    container.rebind(TOKENS.clock).toConstantValue(clock);
    container.rebind(TOKENS.log).toConstantValue(log);
    return { container, log, store };
}
//# sourceMappingURL=embedded-service.js.map
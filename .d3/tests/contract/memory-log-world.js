import { MemoryLog, MemoryStore } from "../../adapters/memory/memory-log.js";
import { SystemClock } from "../../adapters/system/system-clock.js";
const RETENTION_MS = 3_600_000;
/** Memory logs on one store, for the contract of an update log. */
export function memoryLogWorld(parts = {}) {
    const { patienceMs = 15_000, awayAppends } = parts;
    const clock = new SystemClock();
    const store = parts.makeStore?.(RETENTION_MS, clock) ?? new MemoryStore({ retentionMs: RETENTION_MS }, clock);
    const logs = [];
    return {
        patienceMs,
        keptMs: RETENTION_MS,
        open: () => {
            const log = parts.makeLog?.(store, clock) ?? new MemoryLog(store, clock);
            logs.push(log);
            return log;
        },
        interrupt: () => {
            for (const log of logs)
                log.interrupt(awayAppends);
        },
        restore: () => {
            for (const log of logs)
                log.restore();
        },
        close: async () => {
            for (const log of logs)
                await log.close();
        },
    };
}
//# sourceMappingURL=memory-log-world.js.map
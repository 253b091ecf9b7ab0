/**
 * `halyard/memory`: the embedded adapters, which pass the suites of `halyard/contract`, and the two clocks.
 *
 * ```ts
 * import { MemoryLog, MemoryStore, StepClock } from 'halyard/memory';
 *
 * const clock = new StepClock();
 * const store = new MemoryStore({ retentionMs: 3_600_000 }, clock);
 * const [one, other] = [new MemoryLog(store, clock), new MemoryLog(store, clock)]; // two instances on one log
 * ```
 */
export { MemoryLog, MemoryStore } from "../../adapters/memory/memory-log.js";
export { MemorySocket } from "../../adapters/memory/memory-socket.js";
export { MemoryTelemetry } from "../../adapters/memory/memory-telemetry.js";
export { StepClock } from "../../adapters/memory/step-clock.js";
export { SystemClock } from "../../adapters/system/system-clock.js";
//# sourceMappingURL=memory.js.map
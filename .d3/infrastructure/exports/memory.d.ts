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
export { type AppendCondition, type AwayAppends, MemoryLog, MemoryStore } from '../../adapters/memory/memory-log.ts';
export { MemorySocket } from '../../adapters/memory/memory-socket.ts';
export { MemoryTelemetry } from '../../adapters/memory/memory-telemetry.ts';
export { StepClock } from '../../adapters/memory/step-clock.ts';
export { SystemClock } from '../../adapters/system/system-clock.ts';

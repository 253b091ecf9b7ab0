import { type AwayAppends, MemoryLog, MemoryStore } from '../../adapters/memory/memory-log.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { UpdateLogWorld } from '../../infrastructure/contract/update-log-world.ts';
/** Parts of the world that a faulty one may replace. */
export interface LogParts {
    readonly makeStore?: (retentionMs: number, clock: Clock) => MemoryStore;
    readonly makeLog?: (store: MemoryStore, clock: Clock) => MemoryLog;
    /** What becomes of appends during an interruption. */
    readonly awayAppends?: AwayAppends;
    readonly patienceMs?: number;
}
/** Memory logs on one store, for the contract of an update log. */
export declare function memoryLogWorld(parts?: LogParts): UpdateLogWorld;

import { type AwayAppends, MemoryLog, MemoryStore } from '../../adapters/memory/memory-log.ts';
import { SystemClock } from '../../adapters/system/system-clock.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { UpdateLogWorld } from '../../infrastructure/contract/update-log-world.ts';

const RETENTION_MS = 3_600_000;

/** Parts of the world that a faulty one may replace. */
export interface LogParts {
  readonly makeStore?: (retentionMs: number, clock: Clock) => MemoryStore;
  readonly makeLog?: (store: MemoryStore, clock: Clock) => MemoryLog;
  /** What becomes of appends during an interruption. */
  readonly awayAppends?: AwayAppends;
  readonly patienceMs?: number;
}

/** Memory logs on one store, for the contract of an update log. */
export function memoryLogWorld(parts: LogParts = {}): UpdateLogWorld {
  const { patienceMs = 15_000, awayAppends } = parts;
  const clock = new SystemClock();
  const store = parts.makeStore?.(RETENTION_MS, clock) ?? new MemoryStore({ retentionMs: RETENTION_MS }, clock);
  const logs: MemoryLog[] = [];
  return {
    patienceMs,
    keptMs: RETENTION_MS,
    open: () => {
      const log = parts.makeLog?.(store, clock) ?? new MemoryLog(store, clock);
      logs.push(log);
      return log;
    },
    interrupt: () => {
      for (const log of logs) log.interrupt(awayAppends);
    },
    restore: () => {
      for (const log of logs) log.restore();
    },
    close: async () => {
      for (const log of logs) await log.close();
    },
  };
}

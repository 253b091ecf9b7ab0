import { MemoryLog, MemoryStore } from '../../../adapters/memory/memory-log.ts';
import { SystemClock } from '../../../adapters/system/system-clock.ts';
import { describeUpdateLogContract } from '../../contract/update-log.contract.ts';

describeUpdateLogContract('MemoryLog', () => {
  const clock = new SystemClock();
  const store = new MemoryStore({ retentionMs: 3_600_000 }, clock);
  const logs: MemoryLog[] = [];
  return Promise.resolve({
    open: () => {
      const log = new MemoryLog(store, clock);
      logs.push(log);
      return log;
    },
    interrupt: () => {
      for (const log of logs) log.interrupt();
      return Promise.resolve();
    },
    restore: () => {
      for (const log of logs) log.restore();
      return Promise.resolve();
    },
    close: async () => {
      for (const log of logs) await log.close();
    },
  });
});

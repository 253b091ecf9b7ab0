import type { LogKind } from '../common/log-kind.ts';
import { MemoryLog, MemoryStore } from './memory-log.ts';

export const MEMORY: LogKind = {
  name: 'memory',
  summary: 'for one process that keeps nothing when it ends',
  isShared: false,
  operations: [],
  losses: ['disconnected'],
  settings: { variables: [], read: () => undefined },
  make: (_, { retentionMs, clock }) => new MemoryLog(new MemoryStore({ retentionMs }, clock), clock),
};

import { MemoryLog, MemoryStore } from "./memory-log.js";
export const MEMORY = {
    name: 'memory',
    summary: 'for one process that keeps nothing when it ends',
    isShared: false,
    operations: [],
    losses: ['disconnected'],
    settings: { variables: [], read: () => undefined },
    make: (_, { retentionMs, clock }) => new MemoryLog(new MemoryStore({ retentionMs }, clock), clock),
};
//# sourceMappingURL=memory-kind.js.map
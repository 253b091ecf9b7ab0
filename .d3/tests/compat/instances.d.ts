import { MemoryLog, MemoryStore } from '../../adapters/memory/memory-log.ts';
import { type RunningService } from '../support/servers/running-service.ts';
export interface Instance extends RunningService {
    /** This instance's hold on the log, to script what becomes of it. */
    readonly log: MemoryLog;
}
/** Instances that share a log, as they share JetStream. */
export declare class Instances {
    #private;
    readonly store: MemoryStore;
    start(environment?: Record<string, string>): Promise<Instance>;
    stop(): Promise<void>;
}

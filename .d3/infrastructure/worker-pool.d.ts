import { type Clock } from '../application/ports/clock.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Config } from './config.ts';
/**
 * Several full instances of the service as processes that share its port: the kernel spreads connections over them.
 * They know nothing of each other, but through the log, like instances on several machines.
 */
export declare class WorkerPool {
    #private;
    constructor(config: Config, clock: Clock, logger: Logger);
    /**
     * @throws Error when an address is held by somebody, or when a worker ends before it listens; no worker is left then
     */
    start(): Promise<void>;
    /** Drains all workers together. */
    stop(): Promise<void>;
    /** Ends all workers at once. */
    kill(): void;
    /** Replaces the workers in turn: each new one serves before the old one drains, so clients always find one. */
    replaceAll(): Promise<void>;
}

import type { Config } from './config.ts';
import type { Service } from './service.ts';
/**
 * Starts the service in this process and keeps it until a signal: the first one drains, a second one ends at once. A
 * crash ends the streams properly before the process.
 *
 * @throws Error when it cannot start
 */
export declare function run(config: Config): Promise<Service>;
/**
 * Starts the service as several workers that share its port. SIGTERM drains them all, SIGHUP replaces them in turn.
 * When this process crashes, they drain.
 *
 * @throws Error when they cannot start
 */
export declare function runWorkers(config: Config): Promise<void>;

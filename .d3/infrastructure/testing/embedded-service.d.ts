import type { Container } from 'inversify';
import { MemoryLog, MemoryStore } from '../../adapters/memory/memory-log.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { Config } from '../config.ts';
/** A service on the embedded log and a given clock, composed and not started: more can be rebound. */
export interface EmbeddedService {
    readonly container: Container;
    readonly log: MemoryLog;
    readonly store: MemoryStore;
}
/** @param store another instance's, to be on one log with it */
export declare function embedService(config: Config, clock: Clock, store?: MemoryStore): EmbeddedService;

import type { LogParts } from './memory-log-world.ts';
/** A log that is wrong in one thing, for each case of the contract. */
export declare const FAULTY_LOGS: Readonly<Record<string, LogParts>>;

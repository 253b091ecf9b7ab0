import type { StreamClient } from './stream-client.ts';
/**
 * What was posted to an environment, and how it was answered. Each post has a greater time than the ones before it, but
 * posts are sent side by side, so that the log may store a smaller one last.
 */
export declare class Ledger {
    #private;
    readonly environment: string;
    readonly statuses: Map<number, number>;
    constructor(environment: string);
    /** The greatest that was answered with 200. */
    get acknowledged(): string;
    /** The greatest that has to be heard: what was refused is appended when the log is back. */
    get owed(): string;
    count(status: number): number;
    /** @returns the status, or 0 where the instance was gone before it answered */
    post(port: number): Promise<number>;
    /** Posts until it is stored. */
    store(port: number, ceilingMs?: number): Promise<void>;
    /** Two callers post without waiting for each other, at every port in turn, until they are told to stop. */
    keepPosting(ports: () => readonly number[]): () => Promise<void>;
    /** Every subscriber heard the last one, or will within the ceiling. */
    settle(subscribers: readonly StreamClient[]): Promise<void>;
    /** No subscriber heard the same update twice. */
    heardOnce(subscribers: readonly StreamClient[]): void;
    /** Every subscriber hears what is acknowledged by now, or a greater one. */
    hear(subscribers: readonly StreamClient[]): Promise<void>;
}

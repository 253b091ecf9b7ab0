import type { Container } from 'inversify';
export declare const TOKEN = "test-token";
/** A whole service in this process: real sockets on a free port, and the in-memory log unless told otherwise. */
export interface RunningService {
    readonly port: number;
    readonly ports: readonly number[];
    readonly container: Container;
    /** How many streams are open. */
    readonly subscribers: number;
    url(path: string): string;
    /** POSTs a queue-change with the body as JSON. */
    publish(environment: string, updatedAt: unknown): Promise<Response>;
    stop(): Promise<void>;
}
/**
 * @param environment variables that differ from a quiet default
 * @param rebind swaps adapters before anything is made
 */
export declare function startService(environment?: Record<string, string>, rebind?: (container: Container) => void | Promise<void>): Promise<RunningService>;
/** A change as bytes, for those who speak HTTP/1.1 by themselves. */
export declare function changeRequest(environment: string, updatedAt: number): string;
